import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { randomUUID } from 'node:crypto';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { Client } from 'pg';
import { answering } from './child.js';

// The reference "obvious loop": what a few lines of code do. One consent after the other: read it, call the bank over a new
// connection, write the pair.
let client: Client;
let order: { port: number; certificates: DevelopmentCertificates };

const BODY = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'r'.repeat(43) }).toString();

const call = (): Promise<{ access_token: string; refresh_token: string }> =>
  new Promise((resolve, reject) => {
    const { clients, caFile } = order.certificates;
    const sent = request({
      host: '127.0.0.1',
      port: order.port,
      method: 'POST',
      path: '/token',
      agent: false,
      cert: readFileSync(clients.belfius.certFile),
      key: readFileSync(clients.belfius.keyFile),
      ca: readFileSync(caFile),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'request-id': randomUUID() },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve(
          JSON.parse(Buffer.concat(chunks).toString()) as { access_token: string; refresh_token: string },
        );
      });
    });
    sent.end(BODY);
  });

async function refreshOne(): Promise<void> {
  const { rows } = await client.query<{ id: string; generation: number }>(
    'SELECT id, generation FROM bench.pair WHERE due_at <= now() ORDER BY due_at LIMIT 1',
  );
  const pair = await call();
  await client.query('BEGIN');
  await client.query(
    `UPDATE bench.pair SET access = $2, refresh = $3, generation = generation + 1, due_at = now() + interval '1 hour'
      WHERE id = $1`,
    [rows[0]?.id, Buffer.from(pair.access_token), Buffer.from(pair.refresh_token)],
  );
  await client.query('INSERT INTO bench.event (pair_id, generation) VALUES ($1, $2)', [
    rows[0]?.id,
    (rows[0]?.generation ?? 0) + 1,
  ]);
  await client.query('COMMIT');
}

answering(async (message) => {
  if (typeof message['calls'] === 'number') {
    const since = performance.now();
    for (let left = message['calls']; left > 0; left--) await refreshOne();
    return { perSecond: message['calls'] / ((performance.now() - since) / 1000) };
  }
  order = { port: Number(message['port']), certificates: message['certificates'] as DevelopmentCertificates };
  client = new Client({ connectionString: String(message['databaseUrl']) });
  await client.connect();
  return {};
});
