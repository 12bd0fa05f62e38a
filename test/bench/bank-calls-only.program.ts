import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { Pool } from 'undici';
import { answering } from './child.js';

// The reference "bank calls only": POST /token over one kept-alive mutual TLS pool, nothing before and nothing after it.
let pool: Pool;

const BODY = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'r'.repeat(43) }).toString();

async function call(): Promise<void> {
  const answer = await pool.request({
    method: 'POST',
    path: '/token',
    headers: {
      accept: 'application/vnd.belfius.api+json; version=3',
      authorization: `Basic ${'a'.repeat(64)}`,
      'content-type': 'application/x-www-form-urlencoded',
      'request-id': randomUUID(),
    },
    body: BODY,
  });
  await answer.body.json();
}

async function run(calls: number, inFlight: number): Promise<number> {
  let left = calls;
  const since = performance.now();
  const line = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, line));
  return calls / ((performance.now() - since) / 1000);
}

answering(async ({ port, certificates, calls, inFlight }) => {
  if (typeof calls === 'number') return { perSecond: await run(calls, Number(inFlight)) };
  const { clients, caFile } = certificates as DevelopmentCertificates;
  pool = new Pool(`https://127.0.0.1:${Number(port)}`, {
    connections: Number(inFlight),
    pipelining: 1,
    connect: {
      cert: readFileSync(clients.belfius.certFile),
      key: readFileSync(clients.belfius.keyFile),
      ca: readFileSync(caFile),
    },
  });
  return {};
});
