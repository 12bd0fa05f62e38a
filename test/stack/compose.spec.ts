import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ConsoleVisitor } from '../../apps/consent-hub/testing/console.harness.js';
import { Compose, HAS_HAPROXY, HAS_PG_ISREADY } from '../support/deployment/compose.js';
import type { Image } from '../support/deployment/images.js';
import { ROOT, until } from './local-stack.js';
import { PostgresServer } from './postgres-server.js';

const START_MS = 240_000;
const CASE_MS = 60_000;
const MOST_MEBIBYTES = 80;
/** A password with characters of every kind that has a special meaning in a URL, a shell or YAML. */
const passwordOf = (user: string): string => `${user} p@ss:w/rd?#%41&'"\\+=[]{}<>$é`;
const PASSWORDS = Object.fromEntries(
  ['POSTGRES', 'MIGRATOR', 'HUB', 'BANK'].map((user) => [`${user}_PASSWORD`, passwordOf(user)]),
);

interface StackFile {
  readonly api_keys: Record<'platform' | 'service' | 'admin', string>;
  readonly bank: Readonly<Record<string, { readonly client_secret: string }>>;
}

const filesOf = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();

/** As the image of the database makes them. */
async function makeSuperuser(url: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const password = client.escapeLiteral(environment['POSTGRES_PASSWORD'] ?? '');
    const user = client.escapeIdentifier(environment['POSTGRES_USER'] ?? '');
    await client.query(`CREATE ROLE ${user} SUPERUSER LOGIN PASSWORD ${password}`);
    await client.query(
      `CREATE DATABASE ${client.escapeIdentifier(environment['POSTGRES_DB'] ?? '')} OWNER ${user}`,
    );
  } finally {
    await client.end();
  }
}

const whereThereIs = (has: boolean, what: string) => {
  if (!has) console.warn(`${what} is not installed: what needs it is skipped`);
  return has;
};
const hasProxy = whereThereIs(HAS_HAPROXY, 'HAProxy');
const hasPgIsReady = whereThereIs(HAS_PG_ISREADY, 'pg_isready');

describe('docker-compose.yml, its services as plain processes in the files of their images', () => {
  const base = mkdtempSync(join(tmpdir(), 'consent-hub-compose-server-'));
  let server: PostgresServer;
  let compose: Compose;
  let before: string[];

  const imagesOf = (): Image[] => ['consent-hub', 'sandbox-bank'].map((name) => compose.images.get(name));
  const stack = (): StackFile => JSON.parse(compose.read('provision', 'stack.json')) as StackFile;
  const services = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${compose.published(3001)}${path}`, init);
  const people = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${compose.published(3000)}${path}`, { redirect: 'manual' });
  const as = (key: keyof StackFile['api_keys']) => ({
    'content-type': 'application/json',
    authorization: `Bearer ${stack().api_keys[key]}`,
  });

  beforeAll(async () => {
    server = await PostgresServer.start(`${base}-data`, START_MS);
    compose = await Compose.make('/var/tmp', PASSWORDS, Number(new URL(server.url).port));
    await makeSuperuser(server.url, compose.service('postgres').environment ?? {});
    before = imagesOf().flatMap(({ root }) => filesOf(root));
    for (const name of compose.order) {
      if (name === 'postgres' || (name === 'proxy' && !hasProxy)) continue;
      await compose.up(name);
    }
  }, START_MS);
  afterAll(async () => {
    await compose.close();
    await server.close();
    rmSync(base, { recursive: true });
  }, START_MS);

  it('starts every service of the file, with passwords of any characters, and finds it healthy', async () => {
    const checked = Object.keys(compose.services).filter((name) => compose.service(name).healthcheck);
    expect(checked.sort()).toEqual(['hub-1', 'hub-2', 'postgres', 'proxy', 'sandbox-bank']);
    for (const name of checked) {
      if ((name === 'proxy' && !hasProxy) || (name === 'postgres' && !hasPgIsReady)) continue;
      expect({ name, healthy: await compose.isHealthy(name) }).toEqual({ name, healthy: true });
    }
  });

  it('builds the hub, and nothing of the sandbox bank, where no stage is named', () => {
    expect(compose.images.last).toBe('consent-hub');
    const files = filesOf(compose.images.get('consent-hub').root);
    expect(files.filter((file) => file.includes('sandbox-bank'))).toEqual([]);
    expect(files).toContain('app/dist/apps/consent-hub/src/main.js');
    expect(files).toContain('app/dist/apps/consent-hub/src/cli.js');
  });

  it('puts no tool of development and no source into an image, and keeps it small', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    for (const { root, env } of imagesOf()) {
      expect(env).toMatchObject({ NODE_ENV: 'production' });
      const modules = join(root, 'app', 'node_modules');
      // Of fastify and of the exporter of traces, too.
      const needed = new Set(['ajv', 'ajv-formats', '@opentelemetry/otlp-transformer']);
      const found = Object.keys(devDependencies).filter((name) => existsSync(join(modules, name)));
      expect(found.filter((name) => !needed.has(name))).toEqual([]);
      const files = filesOf(root);
      expect(files.filter((file) => /\.(tsx?|map)$|^app\/dist\/.*\.spec\.js$/.test(file))).toEqual([]);
      const bytes = files.reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
      expect(bytes / 2 ** 20).toBeLessThan(MOST_MEBIBYTES);
    }
  });

  it('runs its images as a user without rights, on a root file system that stays as it was', () => {
    for (const { user } of imagesOf()) expect(user).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
    for (const [name, service] of Object.entries(compose.services))
      if (name !== 'postgres') expect({ name, ...service }).toMatchObject({ name, read_only: true });
    expect(imagesOf().flatMap(({ root }) => filesOf(root))).toEqual(before);
  });

  it('finds a hub alive by the health check of its image', async () => {
    const { healthcheck, command } = compose.images.get('consent-hub');
    expect(await compose.runs('hub-1', healthcheck)).toBe(true);
    expect(compose.service('hub-1').command).toEqual(expect.arrayContaining(command.slice(1)));
  });

  (hasProxy ? describe : describe.skip)('the proxy', () => {
    let callback: string;
    let token: string;

    it(
      'leads services and the PSU through a consent, until a service has an access token',
      async () => {
        const opened = await services('/v1/consents', {
          method: 'POST',
          headers: as('platform'),
          body: JSON.stringify({ scope: 'AIS', brand: 'belfius', psu_ref: 'customer-1' }),
        });
        expect(opened.status).toBe(201);
        const { consent_uris: uris } = (await opened.json()) as { consent_uris: { uri: string }[] };
        const decided = await fetch(`http://127.0.0.1:${compose.published(8080)}/sandbox/authorizations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ consent_uri: uris[0]?.uri, decision: 'approve' }),
        });
        ({ redirect_to: callback } = (await decided.json()) as { redirect_to: string });
        expect(callback).toContain(`http://127.0.0.1:${compose.published(3000)}/callback/belfius?`);
        expect((await fetch(callback, { redirect: 'manual' })).status).toBe(200);
        const read = await services('/v1/access-token?brand=belfius&psu_ref=customer-1&scope=AIS', {
          headers: as('service'),
        });
        ({ access_token: token } = (await read.json()) as { access_token: string });
        expect(token).toMatch(/^\S{16,}$/);
      },
      CASE_MS,
    );

    it('keeps passwords, keys, codes and tokens out of every log', () => {
      const { api_keys: keys, bank } = stack();
      const secrets = [
        ...Object.values(PASSWORDS),
        ...Object.values(PASSWORDS).map(encodeURIComponent),
        ...Object.values(keys),
        ...BRANDS.flatMap((brand) => bank[brand]?.client_secret ?? []),
        ...[...new URL(callback).searchParams.values()].filter((value) => value.length >= 16),
        token,
      ];
      expect(secrets.length).toBeGreaterThan(14);
      expect(compose.logs).toContain('GET /callback/belfius');
      expect(secrets.filter((secret) => compose.logs.includes(secret))).toEqual([]);
    });

    it('lets PSUs reach links, callbacks, their own pages and the front page alone', async () => {
      expect((await people('/')).status).toBe(200);
      // The hub's own refusals, which only it can word.
      expect((await people('/callback/belfius')).status).toBe(400);
      for (const path of ['/my', '/my/unknown']) {
        const answer = await people(path);
        expect([answer.status, await answer.text()]).toEqual([
          expect.any(Number),
          expect.stringContaining('<main'),
        ]);
      }
      const ofServices = ['/v1/consents', '/metrics', '/health/ready', '/docs', '/openapi.json', '/console'];
      for (const path of [...ofServices, '/callback', '/mystery'])
        expect({ path, status: (await people(path)).status }).toEqual({ path, status: 404 });
    });

    it('lets services reach the API, and neither metrics nor health', async () => {
      expect((await services('/v1/consents')).status).toBe(401);
      expect((await services('/openapi.json')).status).toBe(200);
      for (const path of ['/metrics', '/health/live', '/health/ready'])
        expect({ path, status: (await services(path)).status }).toEqual({ path, status: 404 });
    });

    it('shows the sandbox bank in the console, which leads people to its pages', async () => {
      const dataSource = await new DataSource({
        type: 'postgres',
        url: compose.read('database', 'hub.url').trim(),
      }).initialize();
      try {
        const hub = { url: `http://127.0.0.1:${compose.published(3001)}` };
        const operator = await ConsoleVisitor.signIn({ hub, dataSource }, ['viewer', 'operator'], 'olga');
        const { status, body } = await operator.get('/console/sandbox');
        expect(status).toBe(200);
        expect(body).toContain('customer-1');
        expect(body).toMatch(/<b>0 double spends in 0 faults<\/b>/);
        const pages = `http://127.0.0.1:${compose.published(8080)}/`;
        expect(body).toContain(`href="${pages}#faults"`);
        expect((await fetch(pages)).status).toBe(200);
        expect((await operator.get('/console/sandbox/open')).body).toContain('Marie Dubois');
      } finally {
        await dataSource.destroy();
      }
    });

    it(
      'answers every request while a hub is stopped and another one started in its place',
      async () => {
        const statuses: number[] = [];
        let isOver = false;
        const reads = async () => {
          while (!isOver)
            statuses.push((await services('/v1/consents?limit=1', { headers: as('admin') })).status);
        };
        const readers = [reads(), reads()];
        const first = compose.program('hub-1');
        first.signal('SIGTERM');
        expect(await first.ends(CASE_MS)).toBe(0);
        const alone = statuses.length;
        await until('the other hub answers', () => statuses.length > alone + 20, CASE_MS);
        await compose.up('hub-1');
        isOver = true;
        await Promise.all(readers);
        expect(new Set(statuses)).toEqual(new Set([200]));
      },
      2 * CASE_MS,
    );

    it(
      'is not healthy without a hub',
      async () => {
        for (const name of ['hub-1', 'hub-2']) await compose.program(name).stops(CASE_MS);
        await until('it says so', async () => !(await compose.isHealthy('proxy')), CASE_MS);
      },
      2 * CASE_MS,
    );
  });
});
