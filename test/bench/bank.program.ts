import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { answering } from './child.js';

// A bank that grants every refresh after a given time, over mutual TLS: as cheap as Node can make it, so that what is
// measured is the hub.
let delayMs = 0;
let calls = 0;

const server = ({ server: own, caFile }: DevelopmentCertificates) =>
  createServer(
    {
      cert: readFileSync(own.certFile),
      key: readFileSync(own.keyFile),
      ca: readFileSync(caFile),
      requestCert: true,
      keepAliveTimeout: 75_000,
    },
    (request, response) => {
      request.resume();
      request.once('end', () => {
        const number = ++calls;
        const answer = () => {
          response.writeHead(200, {
            'Content-Type': 'application/json;charset=utf-8',
            'Response-ID': request.headers['request-id'] ?? '',
          });
          response.end(bodyOf(number));
        };
        if (delayMs === 0) answer();
        else void delay(delayMs).then(answer);
      });
    },
  );

/** About as long as the bank's. */
const bodyOf = (number: number): string =>
  JSON.stringify({
    access_token: `access-${number}-`.padEnd(43, 'a'),
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: `refresh-${number}-`.padEnd(43, 'r'),
    scope: 'AIS',
  });

let port: number | undefined;

answering(async ({ certificates, delay: wanted }) => {
  if (typeof wanted === 'number') delayMs = wanted;
  if (port === undefined) {
    const listening = server(certificates as DevelopmentCertificates).listen(0, '127.0.0.1');
    await once(listening, 'listening');
    port = (listening.address() as AddressInfo).port;
  }
  return { port };
});
