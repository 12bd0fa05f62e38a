import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ensureDevelopmentCertificates } from '@consent-hub/eidas';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { createTestDatabase, hubEnvironment, type TestDatabase } from '@consent-hub/testing';

jest.setTimeout(120_000);

const SOURCES = path.resolve('dist/apps/consent-hub/src');
const TRACING = path.join(SOURCES, 'tracing.js');

interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

let directory: string;
let database: TestDatabase;
let collector: Server;
let services: unknown[];
let spans: ExportedSpan[];

beforeAll(async () => {
  // The worker that exports runs without the compiler of the tests.
  await promisify(execFile)(process.execPath, ['scripts/build.mjs']);
  directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-traces-'));
  database = await createTestDatabase();
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
        resourceSpans: {
          resource: { attributes: { key: string; value: { stringValue: string } }[] };
          scopeSpans: { spans: ExportedSpan[] }[];
        }[];
      };
      for (const { resource, scopeSpans } of resourceSpans) {
        services.push(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue);
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      }
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
});
afterAll(async () => {
  collector.close();
  await database.drop();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  services = [];
  spans = [];
});

const collectorUrl = (): string => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

/** The hub as it is deployed, and the lines of its log. */
async function startHub(
  more: NodeJS.ProcessEnv,
): Promise<{ hub: ChildProcess; lines: Record<string, unknown>[]; url: string }> {
  const { clients, caFile } = await ensureDevelopmentCertificates(directory);
  const tls = BRANDS.flatMap((brand) => {
    const prefix = `BANK_${brand.toUpperCase()}_TLS_`;
    const { certFile, keyFile } = clients[brand];
    return Object.entries({
      [`${prefix}CERT_FILE`]: certFile,
      [`${prefix}KEY_FILE`]: keyFile,
      [`${prefix}CA_FILE`]: caFile,
    });
  });
  const env = hubEnvironment(database.url, { ...Object.fromEntries(tls), HUB_PORT: '0', ...more });
  const hub = spawn(process.execPath, ['--import', TRACING, path.join(SOURCES, 'main.js')], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Record<string, unknown>[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    hub.once('exit', (code) => reject(new Error(`the hub ended with ${code}`)));
    createInterface({ input: hub.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Record<string, unknown>;
      lines.push(line);
      if (line['msg'] === 'listening') resolve(String(line['url']));
    });
  });
  return { hub, lines, url };
}

/** `node --import tracing.js`, to its end. */
const importTracing = (file: string, env: NodeJS.ProcessEnv) =>
  new Promise<{ exitCode: number | null; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', file, '--eval', '0'],
      { env: { PATH: process.env['PATH'], ...env } },
      (_error, _stdout, stderr) => resolve({ exitCode: child.exitCode, stderr }),
    );
  });

describe('a hub that is started with --import tracing.js', () => {
  it('exports its spans by OTLP, those of its last moment too, and names them in its log', async () => {
    const { hub, lines, url } = await startHub({
      OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl(),
      OTEL_SERVICE_NAME: 'consent-hub-test',
    });
    const answer = await fetch(`${url}/v1/consents/0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70`, {
      headers: { authorization: `Bearer ch_${'x'.repeat(43)}` },
    });
    expect(answer.status).toBe(401);
    hub.kill('SIGTERM');
    expect(await once(hub, 'exit')).toEqual([0, null]);
    const request = spans.find(({ name }) => name === 'GET /v1/consents/:id');
    expect(request?.attributes).toContainEqual({
      key: 'http.response.status_code',
      value: { intValue: 401 },
    });
    expect(new Set(services)).toEqual(new Set(['consent-hub-test']));
    expect(spans.filter(({ traceId }) => traceId === request?.traceId).length).toBeGreaterThanOrEqual(2);
    expect(lines.find(({ msg }) => msg === 'request answered')).toMatchObject({ trace_id: request?.traceId });
  });

  it.each([
    [
      'the collector is away',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_BSP_EXPORT_TIMEOUT: '500' },
    ],
    ['tracing is switched off', { OTEL_SDK_DISABLED: 'true' }],
  ])('serves and ends as usual when %s', async (_when, settings) => {
    const { hub, url } = await startHub({ OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl(), ...settings });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    hub.kill('SIGTERM');
    expect(await once(hub, 'exit')).toEqual([0, null]);
    expect(spans).toEqual([]);
  });
});

describe('tracing.js', () => {
  it('says what is missing where the optional packages are not installed', async () => {
    const bare = path.join(directory, 'bare');
    await cp(TRACING, path.join(bare, 'tracing.mjs'));
    await cp(path.join(SOURCES, 'tracing'), path.join(bare, 'tracing'), { recursive: true });
    await cp(path.resolve('package.json'), path.join(bare, 'package.json'));
    expect(await importTracing(path.join(bare, 'tracing.mjs'), {})).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('tracing: the packages of OpenTelemetry are not installed'),
    });
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER must be one of'],
    [{ OTEL_TRACES_SAMPLER_ARG: '2' }, 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1'],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER must be otlp or none'],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: '-1' }, 'OTEL_BSP_MAX_QUEUE_SIZE must be a whole number from 1'],
  ])('refuses a variable that it cannot follow: %p', async (env, text) => {
    expect(await importTracing(TRACING, env)).toEqual({ exitCode: 1, stderr: expect.stringContaining(text) });
  });
});
