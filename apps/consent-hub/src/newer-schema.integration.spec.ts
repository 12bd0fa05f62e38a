import { ForeignSchemaError, MigratedDatabase, type AppSchema } from '@consent-hub/platform';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { HUB_SCHEMA } from '../../../migrations/consent-hub/index.js';
import { ApiClientService } from './api-client/api-client.service.js';
import { bootFailureText } from './boot-failure.js';
import { createHub } from './bootstrap.js';

jest.setTimeout(60_000);

/** What the hub under test knows. */
const list: AppSchema['migrations'] = HUB_SCHEMA.migrations;
const [last] = list.slice(-1).map(({ name }) => name);

/** The first half of a change, as a next version would bring it. */
class Expand1899999999998 implements MigrationInterface {
  readonly name = 'Expand1899999999998';
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.consent ADD COLUMN colour text NOT NULL DEFAULT 'blue'`);
    await queryRunner.query('ALTER TABLE hub.token_pair ADD COLUMN colour text');
    await queryRunner.query('CREATE TABLE hub.colour (name text PRIMARY KEY)');
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE hub.colour');
  }
}

/** The second half, which only versions bear that know the first. */
class Contract1899999999999 implements MigrationInterface {
  readonly name = 'Contract1899999999999';
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `INSERT INTO hub.schema_compatibility (minimum_migration, reason) VALUES ('Expand1899999999998', 'consents need a colour')`,
    );
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM hub.schema_compatibility`);
  }
}

describe('a hub on a schema of another version', () => {
  let database: TestDatabase;
  let log: string[];
  const known = [...list];
  beforeEach(async () => {
    database = await createTestDatabase();
    log = [];
  });
  afterEach(async () => {
    list.splice(0, Infinity, ...known);
    await database.drop();
  });

  const start = (): Promise<NestFastifyApplication> =>
    createHub(hubEnvironment(database.url), {
      bankClient: new ScriptedBank(),
      logDestination: { write: (line) => void log.push(line) },
    });
  const refusal = async (): Promise<string> => {
    const error: unknown = await start().then(
      (hub) => hub.close(),
      (fault: unknown) => fault,
    );
    expect(error).toBeInstanceOf(ForeignSchemaError);
    return bootFailureText(error);
  };
  const migrate = async (...more: AppSchema['migrations']): Promise<void> => {
    const schema = { ...HUB_SCHEMA, migrations: [...known, ...more] };
    const migrated = await new MigratedDatabase(database.url, schema).initialize();
    await migrated.runMigrations();
    await migrated.destroy();
  };
  /** Opens, exchanges and refreshes a consent. @returns the statuses of the answers */
  const serve = async (hub: NestFastifyApplication, name: string): Promise<number[]> => {
    const permissions = ['consents:read', 'consents:write', 'tokens:read'] as const;
    const { key } = await hub.get(ApiClientService).create({ name, permissions });
    const headers = { authorization: `Bearer ${key.reveal()}` };
    const psu_ref = crypto.randomUUID();
    const payload = { scope: 'AIS', brand: 'belfius', language: 'fr', psu_ref };
    const opened = await hub.inject({ method: 'POST', url: '/v1/consents', headers, payload });
    const { id, consent_uris } = opened.json<{ id: string; consent_uris: { uri: string }[] }>();
    const state = new URL(consent_uris[0]?.uri ?? '').searchParams.get('state');
    const back = await hub.inject({ url: `/callback/belfius?code=${crypto.randomUUID()}&state=${state}` });
    const refreshed = await hub.inject({ method: 'POST', url: `/v1/consents/${id}/refresh`, headers });
    const read = await hub.inject({ url: `/v1/consents/${id}/access-token`, headers });
    return [opened, back, refreshed, read].map(({ statusCode }) => statusCode);
  };
  const SERVED = [201, 200, 200, 200];

  it('starts on that of the next version, serves, starts again, and logs what it does not know', async () => {
    list.pop();
    for (const name of ['first', 'second']) {
      const hub = await start();
      expect(await serve(hub, name)).toEqual(SERVED);
      await hub.close();
    }
    const lines = log.filter((line) => line.includes('schema is newer'));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      Array(2).fill(expect.objectContaining({ level: 'info', migrations: [last] })),
    );
  });

  it('keeps serving while the schema is migrated to the next version, and starts on it', async () => {
    const hub = await start();
    expect(await serve(hub, 'before')).toEqual(SERVED);
    await migrate(Expand1899999999998);
    for (const name of ['after', 'later']) expect(await serve(hub, name)).toEqual(SERVED);
    await hub.close();
    const next = await start();
    expect(await serve(next, 'next')).toEqual(SERVED);
    await next.close();
    expect(log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('says nothing on its own', async () => {
    await (await start()).close();
    expect(log.join('')).not.toContain('schema is newer');
  });

  it('refuses one that lacks a migration, and says which and what helps', async () => {
    list.push(Expand1899999999998);
    const text = await refusal();
    expect(text).toContain('missing Expand1899999999998');
    expect(text).toContain('npm run db:migrate');
  });

  it('refuses one that a newer version marked as not for it, and says why', async () => {
    await migrate(Expand1899999999998, Contract1899999999999);
    const text = await refusal();
    expect(text).toContain('with Expand1899999999998, Contract1899999999999');
    expect(text).toContain('consents need a colour');
  });

  it('accepts the mark where it knows the migration that the mark names', async () => {
    await migrate(Expand1899999999998, Contract1899999999999);
    list.push(Expand1899999999998);
    const hub = await start();
    await hub.close();
    expect(log.join('')).toContain('"migrations":["Contract1899999999999"]');
  });
});
