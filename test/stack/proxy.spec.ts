import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort } from '@consent-hub/platform';
import { HAPROXY, HAS_HAPROXY } from '../support/deployment/compose.js';
import { ROOT, until } from './local-stack.js';

const STARTS_WITHIN_MS = 10_000;

/** In the place of a hub: ready, and while it stops it closes connections without an answer. */
class StandInHub {
  readonly requests: string[] = [];
  isStopping = false;

  private constructor(
    readonly address: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<StandInHub> {
    const server = createServer((request, response) => {
      if (request.url === '/health/ready') return response.end();
      hub.requests.push(`${request.method} ${request.url}`);
      if (hub.isStopping) return request.socket.resetAndDestroy();
      return response.end(hub.address);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const hub = new StandInHub(`127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    return hub;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

(HAS_HAPROXY ? describe : describe.skip)('deploy/proxy/haproxy.cfg', () => {
  let hubs: readonly [StandInHub, StandInHub];
  let proxy: ChildProcess;
  let url: string;

  beforeAll(async () => {
    hubs = [await StandInHub.start(), await StandInHub.start()];
    const [own, internal, health] = [await freePort(), await freePort(), await freePort()];
    proxy = spawn(HAPROXY, ['-f', join(ROOT, 'deploy/proxy/haproxy.cfg')], {
      env: {
        PROXY_PUBLIC: `127.0.0.1:${own}`,
        PROXY_INTERNAL: `127.0.0.1:${internal}`,
        PROXY_HEALTH: `127.0.0.1:${health}`,
        HUB_1: hubs[0].address,
        HUB_2: hubs[1].address,
      },
      stdio: 'ignore',
    });
    url = `http://127.0.0.1:${internal}`;
    const isReady = () =>
      fetch(`http://127.0.0.1:${health}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until('the proxy has a hub', isReady, STARTS_WITHIN_MS);
  });
  afterAll(async () => {
    proxy.kill();
    await once(proxy, 'exit');
    for (const hub of hubs) hub.stop();
  });
  beforeEach(() => {
    hubs[0].isStopping = true;
    for (const hub of hubs) hub.requests.length = 0;
  });

  /** Sends requests until the hub that stops got one. @returns how each ended */
  const sendUntilMet = async (method: string, path: string): Promise<(string | null)[]> => {
    const ends: (string | null)[] = [];
    await until(
      'the hub that stops got one',
      async () => {
        ends.push(
          await fetch(`${url}${path}`, { method }).then(
            async (answer) => (answer.ok ? answer.text() : null),
            () => null,
          ),
        );
        return hubs[0].requests.length > 0;
      },
      STARTS_WITHIN_MS,
    );
    return ends;
  };

  it('sends a GET to the other hub where the first one closed the connection without an answer', async () => {
    const ends = await sendUntilMet('GET', '/v1/consents');
    expect(new Set(ends)).toEqual(new Set([hubs[1].address]));
  });

  it.each([
    ['POST', '/v1/consents'],
    ['DELETE', '/v1/consents/1'],
    ['GET', '/callback/belfius?code=1'],
  ])('sends %s %s to one hub alone', async (method, path) => {
    const ends = await sendUntilMet(method, path);
    expect(ends.filter((end) => end === null)).toHaveLength(hubs[0].requests.length);
    expect(hubs[0].requests.length + hubs[1].requests.length).toBe(ends.length);
  });
});
