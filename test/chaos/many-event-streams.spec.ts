import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentCertificates } from '@consent-hub/eidas';
import { freePort } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { hubEnvironment } from '@consent-hub/testing';
import { EventReaders, type Reader } from '../../apps/consent-hub/testing/event-readers.harness.js';

jest.setTimeout(180_000);

const STREAMS = 1_000;
const MEBIBYTE = 1024;

let readers: EventReaders;
let admin: Reader;
let hub: ChildProcess;
let url: string;
let directory: string;
const agent = new Agent({ maxSockets: Infinity });

beforeAll(async () => {
  readers = await EventReaders.start();
  admin = await readers.reader('root', ['events:read', 'admin']);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  directory = await mkdtemp(join(tmpdir(), 'many-streams-'));
  const { clients, caFile } = await ensureDevelopmentCertificates(directory);
  const files = BRANDS.flatMap((brand) => [
    [`BANK_${brand.toUpperCase()}_TLS_CERT_FILE`, clients[brand].certFile],
    [`BANK_${brand.toUpperCase()}_TLS_KEY_FILE`, clients[brand].keyFile],
    [`BANK_${brand.toUpperCase()}_TLS_CA_FILE`, caFile],
  ]);
  const settings = {
    HUB_PORT: String(port),
    HUB_LOG_LEVEL: 'silent',
    HUB_INSTANCE: 'streams',
    HUB_RATE_LIMIT: '0',
    ...(Object.fromEntries(files) as Record<string, string>),
  };
  hub = spawn(process.execPath, ['dist/apps/consent-hub/src/main.js'], {
    env: { PATH: process.env['PATH'], ...hubEnvironment(readers.database.url, settings) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (;;) {
    const answer = await fetch(`${url}/health/live`).catch(() => null);
    if (answer?.ok) break;
    if (hub.exitCode !== null) throw new Error(`the hub has ended: ${hub.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
afterAll(async () => {
  agent.destroy();
  if (hub.exitCode === null) {
    hub.kill('SIGTERM');
    await once(hub, 'exit');
  }
  await readers.close();
  await rm(directory, { recursive: true });
});

/** Resident memory of the hub, KiB. */
const residentOf = ({ pid }: ChildProcess): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

const open = (): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${admin.key}` };
    request(`${url}/v1/events/stream`, { agent, headers }, resolve).on('error', reject).end();
  });

/** Resolves when the stream has sent an event of that consent. */
const sends = (stream: IncomingMessage, consentId: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes(consentId)) resolve();
    });
    stream.once('close', () => reject(new Error('the stream has ended')));
  });

describe('a hub process with a thousand open streams', () => {
  it('sends every event to all of them within 300 MiB', async () => {
    const streams: IncomingMessage[] = [await open()];
    for (let left = STREAMS - 1; left > 0; left -= 50)
      streams.push(...(await Promise.all(Array.from({ length: Math.min(50, left) }, open))));
    expect(streams.map(({ statusCode }) => statusCode)).toEqual(streams.map(() => 200));
    const id = '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70';
    const arrived = streams.map((stream) => sends(stream, id));
    await readers.given.opened(admin, { id });
    await Promise.all(arrived);
    expect(streams).toHaveLength(STREAMS);
    const resident = residentOf(hub) / MEBIBYTE;
    // The hub as it is built: one that is run from its sources holds their compiler as well.
    expect(resident).toBeLessThan(300);
    for (const stream of streams) stream.removeAllListeners('close').destroy();
  });
});
