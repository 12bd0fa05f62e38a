import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Controller, Get, type BeforeApplicationShutdown } from '@nestjs/common';
import { CertificateError } from '@consent-hub/eidas';
import { createLogger, EnvironmentError, ForeignSchemaError, Public } from '@consent-hub/platform';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { SpoolHealth } from '@consent-hub/token-grant';
import { AppModule } from './app.module.js';
import { bootFailureText } from './boot-failure.js';
import { assemble, createHub, startHub } from './bootstrap.js';
import { readHubSettings } from './config/hub-settings.js';

const silent = { logDestination: { write: () => undefined } };

/** Where the test and the app wait for each other. */
class Gate {
  private readonly events = new EventEmitter();
  private readonly seen = new Set<string>();

  /** The app came to this place; it continues when the test opens it. */
  async pass(place: string): Promise<void> {
    const opened = once(this.events, `open ${place}`);
    this.seen.add(place);
    this.events.emit(`reached ${place}`);
    await opened;
  }

  async reached(place: string): Promise<void> {
    if (!this.seen.has(place)) await once(this.events, `reached ${place}`);
  }

  open(place: string): void {
    this.events.emit(`open ${place}`);
  }
}

@Public()
@Controller('slow')
class SlowController implements BeforeApplicationShutdown {
  constructor(private readonly gate: Gate) {}

  @Get()
  async slow(): Promise<{ done: boolean }> {
    await this.gate.pass('request');
    return { done: true };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.gate.pass('shutdown');
  }
}

const isRefused = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await setImmediate();
};

describe('the hub', () => {
  jest.setTimeout(30_000);
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const overrides = () => ({ bankClient: new ScriptedBank(), ...silent });
  const refusedBoot = async (env: NodeJS.ProcessEnv, given = overrides()): Promise<unknown> =>
    createHub(env, given).then(
      async (app) => {
        await app.close();
        throw new Error('the hub started');
      },
      (error: unknown) => error,
    );
  const connections = async (watcher: TestDatabase, watched: TestDatabase): Promise<unknown[]> =>
    (await watcher.open()).query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND application_name = 'consent-hub'`,
      [new URL(watched.url).pathname.slice(1)],
    );

  describe('starting', () => {
    it('warns of a misspelt variable by name, with the likely meaning, and does not print its value', async () => {
      const log: string[] = [];
      const logDestination = { write: (line: string) => void log.push(line) };
      const env = hubEnvironment(database.url, { HUB_RATELIMIT: 'the-value' });
      const app = await createHub(env, { bankClient: new ScriptedBank(), logDestination });
      await app.close();
      const [warning] = log.filter((line) => line.includes('is not known'));
      expect(JSON.parse(warning ?? '')).toMatchObject({
        level: 'warn',
        msg: 'environment variable HUB_RATELIMIT is not known: HUB_RATE_LIMIT may be meant',
        variable: 'HUB_RATELIMIT',
        meant: 'HUB_RATE_LIMIT',
      });
      expect(log.join('')).not.toContain('the-value');
    });

    it('refuses a database without any migration, and says which command helps', async () => {
      await (await database.open()).query('DROP SCHEMA hub CASCADE');
      await (await database.open()).query('DROP TABLE hub_migration');
      const error = await refusedBoot(hubEnvironment(database.url));
      expect(error).toBeInstanceOf(ForeignSchemaError);
      expect(bootFailureText(error)).toContain('npm run db:migrate');
      expect(bootFailureText(error)).not.toContain('at ');
    });

    it('refuses a schema that other migrations made, and says how to start anew', async () => {
      await (await database.open()).query('DROP TABLE hub_migration');
      const error = await refusedBoot(hubEnvironment(database.url));
      expect(error).toBeInstanceOf(ForeignSchemaError);
      expect(bootFailureText(error)).toContain('npm run reset');
    });

    it('refuses a database that lacks a migration, and leaves no connection behind', async () => {
      const dataSource = await database.open();
      const [last] = await dataSource.query<{ name: string }[]>(
        'DELETE FROM hub_migration WHERE id = (SELECT max(id) FROM hub_migration) RETURNING name',
      );
      const error = await refusedBoot(hubEnvironment(database.url));
      expect(error).toBeInstanceOf(ForeignSchemaError);
      expect(last).toBeDefined();
      const watcher = await createTestDatabase();
      expect(await connections(watcher, database)).toEqual([]);
      await watcher.drop();
    });

    it('refuses a database with a migration of another line of versions, and names what it does not know', async () => {
      const dataSource = await database.open();
      await dataSource.query(`INSERT INTO hub_migration (timestamp, name) VALUES (9, 'FromTheFuture9')`);
      const error = await refusedBoot(hubEnvironment(database.url));
      expect(error).toBeInstanceOf(ForeignSchemaError);
      expect(bootFailureText(error)).toContain('FromTheFuture9');
    });

    it('names every fault of the environment before it touches anything', async () => {
      const error = await refusedBoot({ HUB_PORT: 'x' });
      expect(error).toBeInstanceOf(EnvironmentError);
      expect(bootFailureText(error)).toMatch(/DATABASE_URL.*HUB_PORT|HUB_PORT.*DATABASE_URL/s);
    });

    it('says that the database is not there, without the password', async () => {
      const gone = Object.assign(new URL(database.url), {
        pathname: '/no-such-database',
        password: 'pass-word',
      });
      expect(bootFailureText(await refusedBoot(hubEnvironment(gone.href)))).toMatch(
        /DATABASE_URL does not lead/,
      );
      const closed = Object.assign(new URL(database.url), {
        port: '1',
        hostname: 'localhost',
        password: 'pass-word',
      });
      const text = bootFailureText(await refusedBoot(hubEnvironment(closed.href)));
      expect(text).toMatch(/DATABASE_URL does not lead.*ECONNREFUSED/);
      expect(text).not.toContain('pass-word');
    });

    it('names the TLS file that cannot be read', async () => {
      const error = await createHub(hubEnvironment(database.url), silent).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CertificateError);
      expect(bootFailureText(error)).toContain('/nowhere/cert.pem');
    });

    it('says that its address is taken', async () => {
      const first = await startHub(hubEnvironment(database.url, { HUB_PORT: '0' }), overrides());
      const { port } = new URL(first.url);
      const error = await startHub(hubEnvironment(database.url, { HUB_PORT: port }), overrides()).catch(
        (e: unknown) => e,
      );
      await first.close();
      expect(bootFailureText(error)).toContain(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
    });

    it('takes a free port for the setting 0, and names itself by it', async () => {
      const lines: string[] = [];
      const logDestination = { write: (line: string) => void lines.push(line) };
      const hub = await startHub(hubEnvironment(database.url, { HUB_PORT: '0' }), {
        ...overrides(),
        logDestination,
      });
      const { port } = new URL(hub.url);
      expect((await fetch(`${hub.url}/health/live`)).status).toBe(200);
      expect(lines.join('')).toContain(`"publicUrl":"http://127.0.0.1:${port}"`);
      expect(lines.join('')).toMatch(new RegExp(`"instance":"[^"]+:${port}"`));
      await hub.close();
    });
  });

  describe('being asked for its health', () => {
    it('is live and ready while the database answers, to anyone', async () => {
      const app = await createHub(hubEnvironment(database.url), overrides());
      for (const url of ['/health/live', '/health/ready']) {
        const answer = await app.inject({ method: 'GET', url });
        expect(answer.statusCode).toBe(200);
        expect(answer.json()).toEqual({ status: 'ok' });
      }
      await app.close();
    });

    it('is live but not ready when the database is gone, and shows no address', async () => {
      const app = await createHub(hubEnvironment(database.url), overrides());
      await database.drop();
      expect((await app.inject({ method: 'GET', url: '/health/live' })).statusCode).toBe(200);
      const answer = await app.inject({ method: 'GET', url: '/health/ready' });
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'not_ready', detail: 'The database does not answer.' });
      await app.close();
    });
  });

  describe('without a spool that can be written', () => {
    it('starts and is live, but is not ready until it can be written again', async () => {
      const directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-spool-'));
      const spool = path.join(directory, 'spool');
      await writeFile(spool, '');
      const app = await createHub(hubEnvironment(database.url, { HUB_SPOOL_DIR: spool }), overrides());
      expect((await app.inject({ method: 'GET', url: '/health/live' })).statusCode).toBe(200);
      const ready = await app.inject({ method: 'GET', url: '/health/ready' });
      expect(ready.statusCode).toBe(503);
      expect(ready.json()).toMatchObject({ code: 'not_ready', detail: 'The spool cannot be written.' });
      const metrics = await app.inject({ method: 'GET', url: '/metrics' });
      expect(metrics.body.split('\n')).toContain('consent_hub_spool_writable 0');

      await rm(spool);
      await app.get(SpoolHealth, { strict: false }).check();
      expect((await app.inject({ method: 'GET', url: '/health/ready' })).statusCode).toBe(200);
      await app.close();
      await rm(directory, { recursive: true });
    });
  });

  describe('describing its API', () => {
    it('serves OpenAPI 3.1 with the bearer scheme and the problem schema', async () => {
      const app = await createHub(hubEnvironment(database.url), overrides());
      const answer = await app.inject({ method: 'GET', url: '/openapi.json' });
      expect(answer.statusCode).toBe(200);
      const document = answer.json<Record<string, unknown>>();
      expect(document).toMatchObject({
        openapi: '3.1.0',
        info: { title: 'Consent Hub' },
        components: {
          securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
          schemas: { Problem: {} },
        },
      });
      await app.close();
    });
  });

  describe('stopping', () => {
    it('is not ready any more, finishes the request under way, takes no other, and leaves no connection', async () => {
      const gate = new Gate();
      const hub = AppModule.register(readHubSettings(hubEnvironment(database.url)), new ScriptedBank());
      const controllers = [SlowController];
      const root = {
        module: class Root {},
        imports: [hub],
        controllers,
        providers: [{ provide: Gate, useValue: gate }],
      };
      const app = await assemble(root, createLogger('test', 'silent'), 'https://hub.example');
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      const agent = new Agent({ keepAlive: true });
      const underWay = once(get(`${url}/slow`, { agent }), 'response') as Promise<[IncomingMessage]>;
      await gate.reached('request');
      const watcher = await createTestDatabase();
      expect(await connections(watcher, database)).not.toEqual([]);

      const closed = app.close();
      await gate.reached('shutdown');
      const ready = await app.inject({ method: 'GET', url: '/health/ready' });
      expect(ready.statusCode).toBe(503);
      expect(ready.json()).toMatchObject({ code: 'not_ready', detail: 'This instance is stopping.' });
      gate.open('shutdown');
      await until(async () => isRefused(url));
      gate.open('request');

      const [response] = await underWay;
      expect(response.statusCode).toBe(200);
      response.resume();
      await closed;
      expect(await connections(watcher, database)).toEqual([]);
      await watcher.drop();
      agent.destroy();
    });
  });
});
