import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { answering } from './child.js';

// A bank that grants every refresh after a given time, over mutual TLS. It reads no more of HTTP than the clients of the
// benchmark send, so that of the machine's two cores as much as possible is left to what is measured.
let delayMs = 0;
let calls = 0;

const HEAD_END = '\r\n\r\n';

function serve(socket: Socket): void {
  let received = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = received.slice(0, headEnd).toLowerCase();
    if (received.length < headEnd + HEAD_END.length + Number(headerOf(head, 'content-length'))) return;
    received = '';
    const answer = () => socket.writable && socket.write(answerTo(headerOf(head, 'request-id')));
    if (delayMs === 0) answer();
    else setTimeout(answer, delayMs);
  });
}

function headerOf(head: string, name: string): string {
  const at = head.indexOf(`\r\n${name}: `);
  if (at < 0) throw new Error(`a request without ${name}`);
  const begin = at + name.length + 4;
  const end = head.indexOf('\r\n', begin);
  return end < 0 ? head.slice(begin) : head.slice(begin, end);
}

function answerTo(requestId: string): string {
  const body = bodyOf(++calls);
  return (
    'HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=utf-8\r\nKeep-Alive: timeout=75\r\n' +
    `Response-ID: ${requestId}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** About as long as the bank's. */
const bodyOf = (number: number): string =>
  JSON.stringify({
    access_token: `access-${number}-`.padEnd(43, 'a'),
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: `refresh-${number}-`.padEnd(43, 'r'),
    scope: 'AIS',
  });

async function listen({ server: own, caFile }: DevelopmentCertificates): Promise<number> {
  const tls = {
    cert: readFileSync(own.certFile),
    key: readFileSync(own.keyFile),
    ca: readFileSync(caFile),
    requestCert: true,
  };
  const listening = createServer(tls, serve).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return (listening.address() as AddressInfo).port;
}

let port: number | undefined;

answering(async ({ certificates, delay: wanted }) => {
  if (typeof wanted === 'number') delayMs = wanted;
  port ??= await listen(certificates as DevelopmentCertificates);
  return { port };
});
