import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentCertificates } from '@consent-hub/eidas';
import { freePort } from '@consent-hub/platform';
import { AdminHub } from '../../testing/admin-hub.harness.js';
import { runHere } from '../../testing/cli.harness.js';

jest.setTimeout(60_000);
const KEY = 'ch_the-key-of-the-admin';
let hub: AdminHub;
let servers: Server[] = [];
beforeAll(async () => {
  hub = await AdminHub.start();
});
afterAll(() => hub.close());
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
  servers = [];
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((bound) => server.listen(0, '127.0.0.1', bound));
  return (server.address() as AddressInfo).port;
}
/** Something that answers in the place of a hub. */
const answering = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listening(createServer(listener))}`;

/** @returns the exit code and the one line that says why */
async function failureOf(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { exitCode, stdout, stderr } = await runHere(env, ...args);
  expect(stdout).toBe('');
  expect(stderr + stdout).not.toContain(KEY);
  return [exitCode, stderr];
}
const at = (url: string, ...args: string[]) =>
  failureOf({ CONSENT_HUB_URL: url, CONSENT_HUB_API_KEY: KEY }, ...args);

describe('a command that works over HTTP', () => {
  it.each([
    [{}, 'No hub is named: set CONSENT_HUB_URL, or give --url <url>.'],
    [
      { CONSENT_HUB_URL: 'http://127.0.0.1:3000', CONSENT_HUB_API_KEY: '' },
      'No API key is given: set CONSENT_HUB_API_KEY, or give --api-key <key>.',
    ],
    [
      { CONSENT_HUB_URL: 'hub.example', CONSENT_HUB_API_KEY: KEY },
      'The URL of the hub must be http or https',
    ],
    [
      { CONSENT_HUB_URL: `https://me:${KEY}@hub.example`, CONSENT_HUB_API_KEY: KEY },
      'The URL of the hub must be http or https',
    ],
    [
      { CONSENT_HUB_URL: 'http://127.0.0.1:3000', CONSENT_HUB_API_KEY: `${KEY}\n${KEY}` },
      'The API key is not one',
    ],
  ])('is not understood without a usable address and key: %j', async (env, reason) => {
    const [exitCode, stderr] = await failureOf(env, 'consents', 'list');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      new RegExp(
        `^${reason.replaceAll(/[.<>]/g, '\\$&')}.*\\nUsage: consent-hub consents list \\[options\\]\\n$`,
      ),
    );
  });

  it('takes address and key from its options before those of the environment', async () => {
    const env = { CONSENT_HUB_URL: 'http://127.0.0.1:9', CONSENT_HUB_API_KEY: 'ch_x' };
    const options = ['--url', `${hub.hub.url}/`, '--api-key', hub.adminKey];
    for (const words of [
      ['consents', 'list'],
      ['journal', 'list'],
      ['timeline', 'verify'],
    ])
      expect(await runHere(env, ...words, ...options)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('says that the hub cannot be reached, or not be trusted', async () => {
    const away = `http://127.0.0.1:${await freePort()}`;
    expect(await at(away, 'consents', 'list')).toEqual([
      1,
      `The hub cannot be reached at ${away}: ECONNREFUSED.\n`,
    ]);
    const directory = await mkdtemp(join(tmpdir(), 'consent-hub-cli-tls-'));
    const { server } = await ensureDevelopmentCertificates(directory);
    const [cert, key] = await Promise.all([readFile(server.certFile), readFile(server.keyFile)]);
    const secure = `https://127.0.0.1:${await listening(createTlsServer({ cert, key }))}`;
    expect(await at(secure, 'timeline', 'verify')).toEqual([
      1,
      expect.stringMatching(
        /^No secure connection to https:\/\/127\.0\.0\.1:\d+: [A-Z_]+\. Authorities of your own are named by NODE_EXTRA_CA_CERTS\.\n$/,
      ),
    ]);
    const plain = (await answering((_request, response) => response.end())).replace('http:', 'https:');
    expect(await at(plain, 'journal', 'list')).toEqual([
      1,
      expect.stringMatching(`^No secure connection to ${plain}: ERR_SSL_`),
    ]);
    await rm(directory, { recursive: true });
  });

  it.each<[string, number, string]>([
    ['a page', 200, '<html>'],
    ['a list', 200, '[]'],
    ['a gateway', 502, '<html>bad gateway</html>'],
    ['another API', 404, '{"message":"no such path"}'],
    ['one that leads elsewhere', 302, ''],
  ])('says that it was not a hub that answered: %s', async (_what, status, body) => {
    const url = await answering((_request, response) => {
      response.writeHead(status, { location: '/login' }).end(body);
    });
    expect(await at(url, 'consents', 'list')).toEqual([
      1,
      `${url} does not answer as a hub does: status ${status}.\n`,
    ]);
  });

  it('says that its key is none, was revoked, or lacks a permission', async () => {
    const url = hub.hub.url;
    expect(await at(url, 'consents', 'list')).toEqual([
      1,
      'This is not the key of an API client. (api_key_invalid)\n',
    ]);
    const revoked = await hub.keyOf('revoked', ['admin', 'consents:read']);
    await hub.clients.revoke('revoked');
    expect(await failureOf({ ...hub.env, CONSENT_HUB_API_KEY: revoked }, 'journal', 'list')).toEqual([
      1,
      'This key, or its API client, was revoked. (api_key_revoked)\n',
    ]);
    const key = await hub.keyOf('reader', ['consents:read']);
    for (const [words, permission] of [
      ['journal list', 'admin'],
      ['journal reparse', 'admin'],
      ['timeline verify', 'admin'],
      ['consents erase --psu-ref anna', 'admin'],
      ['consents revoke 0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70', 'consents:write'],
    ] as const)
      expect(await failureOf({ ...hub.env, CONSENT_HUB_API_KEY: key }, ...words.split(' '))).toEqual([
        1,
        `The API key lacks the permission ${permission}. (permission_missing)\n`,
      ]);
  });

  it('shows the code and the text of a problem, without what could steer a terminal', async () => {
    const url = await answering((_request, response) => {
      response
        .writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '2' })
        .end(JSON.stringify({ code: 'database_unavailable', detail: 'It is away.\u001b[2J' }));
    });
    expect(await at(url, 'consents', 'list')).toEqual([1, 'It is away.\\u{1b}[2J (database_unavailable)\n']);
  });

  it('waits as long as the hub says where it asks too often, and continues', async () => {
    const key = await hub.keyOf('slow', ['admin', 'consents:read'], { rateLimit: 1 });
    const id = await hub.given.live(hub.owner);
    const shown = await runHere({ ...hub.env, CONSENT_HUB_API_KEY: key }, 'consents', 'show', id);
    expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(id) });
  });

  it('gives up where the hub asks to wait again and again, or for long', async () => {
    let asked = 0;
    let retryAfter = '0';
    const url = await answering((_request, response) => {
      asked++;
      response
        .writeHead(429, { 'retry-after': retryAfter })
        .end(JSON.stringify({ code: 'rate_limited', detail: 'Come back later.' }));
    });
    const gaveUp = [1, 'Come back later. (rate_limited)\n'];
    expect(await at(url, 'consents', 'erase', '--psu-ref', 'anna')).toEqual(gaveUp);
    expect(asked).toBe(5);
    retryAfter = '3600';
    expect(await at(url, 'consents', 'list')).toEqual(gaveUp);
    expect(asked).toBe(6);
  });
});
