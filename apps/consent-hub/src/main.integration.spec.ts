import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ensureDevelopmentCertificates } from '@consent-hub/eidas';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { createTestDatabase, hubEnvironment, type TestDatabase } from '@consent-hub/testing';

const start = (env: NodeJS.ProcessEnv): ChildProcess =>
  fork('apps/consent-hub/src/main.ts', {
    execArgv: ['--import', '@swc-node/register/esm-register'],
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });

/** The address that the hub says it listens on. */
async function listening(hub: ChildProcess): Promise<string> {
  if (!hub.stdout) throw new Error('the hub has no output');
  for await (const line of createInterface({ input: hub.stdout })) {
    const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
    if (msg === 'listening' && url !== undefined) return url;
  }
  throw new Error('the hub ended before it listened');
}

const read = (output: Readable | null): Promise<string> => (output ? text(output) : Promise.resolve(''));

describe('the process of the hub', () => {
  jest.setTimeout(60_000);
  let database: TestDatabase;
  let directory: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'consent-hub-main-'));
    const { caFile, clients } = await ensureDevelopmentCertificates(directory);
    const tls = (brand: Brand) => ({
      [`BANK_${brand.toUpperCase()}_TLS_CERT_FILE`]: clients[brand].certFile,
      [`BANK_${brand.toUpperCase()}_TLS_KEY_FILE`]: clients[brand].keyFile,
      [`BANK_${brand.toUpperCase()}_TLS_CA_FILE`]: caFile,
    });
    env = hubEnvironment(database.url, {
      HUB_PORT: '0',
      ...Object.fromEntries(BRANDS.flatMap((brand) => Object.entries(tls(brand)))),
    });
  });
  afterAll(async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  });

  it.each([
    ['SIGTERM', (hub: ChildProcess) => hub.kill('SIGTERM')],
    ['SIGINT, twice', (hub: ChildProcess) => [hub.kill('SIGINT'), hub.kill('SIGINT')]],
    ['the end of its parent', (hub: ChildProcess) => hub.disconnect()],
  ])('serves until %s, and then ends well', async (_signal, end) => {
    const hub = start(env);
    const url = await listening(hub);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    end(hub);
    expect(await once(hub, 'exit')).toEqual([0, null]);
  });

  it('says in plain words why it cannot start, and ends with 1', async () => {
    const hub = start({ ...env, BANK_BANX_TLS_KEY_FILE: join(directory, 'gone.pem'), HUB_LOG_LEVEL: 'info' });
    const [[exitCode], errors, output] = await Promise.all([
      once(hub, 'exit'),
      read(hub.stderr),
      read(hub.stdout),
    ]);
    expect(exitCode).toBe(1);
    expect(errors).toBe(
      `Consent Hub cannot start.\nA TLS file is not usable: ${join(directory, 'gone.pem')} cannot be read\n`,
    );
    expect(output).toBe('');
  });
});
