import { MigratedDatabase, RecurringJob } from '@consent-hub/platform';
import {
  asRole,
  connectAsOwner,
  createEmptyDatabase,
  createLoginUser,
  createTestDatabase,
  hubEnvironment,
  ScriptedBank,
  type LoginUser,
  type TestDatabase,
} from '@consent-hub/testing';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { HUB_SCHEMA } from '../../../migrations/consent-hub/index.js';
import { ApiClientService } from './api-client/api-client.service.js';
import { createHub } from './bootstrap.js';

jest.setTimeout(60_000);

const OWNER = 'consent_hub_owner';
const APP = 'consent_hub_app';
const READ = 'consent_hub_read';
const REFUSED = '42501';
const PERMISSIONS = ['admin', 'consents:read', 'consents:write', 'tokens:read'] as const;

let database: TestDatabase;
const users: LoginUser[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const user of users) await user.drop(database.url);
  await database.drop();
});

const loginUser = async (url: string, ...roles: string[]): Promise<LoginUser> => {
  const user = await createLoginUser(url, roles);
  users.push(user);
  return user;
};

/** Runs statements in one session of a member of the role. */
async function as<T extends object>(role: string, ...statements: string[]): Promise<T[]> {
  const client = await connectAsOwner(database.url);
  try {
    await client.query(`SET SESSION AUTHORIZATION ${role}`);
    let rows: T[] = [];
    for (const statement of statements) ({ rows } = await client.query<T>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

const startHub = (url: string, log: string[] = []): Promise<NestFastifyApplication> =>
  createHub(
    { ...hubEnvironment(url), DATABASE_URL: url },
    { bankClient: new ScriptedBank(), logDestination: { write: (line) => void log.push(line) } },
  );

/** Everything that the hub does by the clock, once. */
async function runJobs(hub: NestFastifyApplication): Promise<number> {
  const providers = [...hub.get(ModulesContainer).values()].flatMap((module) => [
    ...module.providers.values(),
  ]);
  const jobs = new Set(
    providers.map(({ instance }) => instance).filter((job) => job instanceof RecurringJob),
  );
  for (const job of jobs) await job.run();
  return jobs.size;
}

/** Leads one consent through its life, by the API. @returns the statuses of the answers */
async function leadThroughLife(hub: NestFastifyApplication): Promise<number[]> {
  const { key } = await hub.get(ApiClientService).create({ name: 'platform', permissions: PERMISSIONS });
  const statuses: number[] = [];
  const call = async (method: 'GET' | 'POST', url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${key.reveal()}`, 'idempotency-key': crypto.randomUUID() };
    const answer = await hub.inject({ method, url, headers, ...(payload && { payload }) });
    statuses.push(answer.statusCode);
    return answer;
  };
  const psu = { psu_ref: crypto.randomUUID() };
  const opened = await call('POST', '/v1/consents', {
    scope: 'AIS',
    brand: 'belfius',
    language: 'fr',
    ...psu,
  });
  const { id, consent_uris } = opened.json<{ id: string; consent_uris: { uri: string }[] }>();
  const state = new URL(consent_uris[0]?.uri ?? '').searchParams.get('state');
  await call('GET', `/callback/belfius?code=${crypto.randomUUID()}&state=${state}`);
  await call('POST', `/v1/consents/${id}/refresh`);
  await call('GET', `/v1/consents/${id}/access-token`);
  await call('GET', `/v1/consents/${id}/events`);
  await call('POST', `/v1/consents/${id}/revoke`);
  await call('POST', '/v1/erasures', psu);
  await call('GET', '/v1/timeline/verification');
  return statuses;
}

describe('a hub whose user is a member of consent_hub_app', () => {
  it('opens, exchanges, refreshes, reads, revokes, erases, verifies, prunes, and runs all its other jobs', async () => {
    const log: string[] = [];
    const hub = await startHub((await loginUser(database.url, APP)).url, log);
    const statuses = await leadThroughLife(hub);
    const admin = await database.open();
    const longAgo = `now() - interval '9 years'`;
    await admin.query(`UPDATE hub.consent SET ended_at = ${longAgo} WHERE ended_at IS NOT NULL`);
    await admin.query(
      `UPDATE hub.token_request SET id = ('00000000' || substr(id::text, 9))::uuid, settled_at = ${longAgo}`,
    );
    expect(await runJobs(hub)).toBeGreaterThan(8);
    await hub.close();
    expect(statuses).toEqual([201, 200, 200, 200, 200, 200, 200, 200]);
    expect(log.join('')).toContain('"msg":"journal pruned","requests":2');
    expect(log.filter((line) => /permission denied|must be owner|"level":"error"/.test(line))).toEqual([]);
  });

  it.each(
    Object.entries({
      'change an entry of a timeline': [`UPDATE hub.consent_event SET actor = 'tester'`],
      'delete an entry of a timeline': ['DELETE FROM hub.consent_event'],
      'empty the timelines': ['TRUNCATE hub.consent_event'],
      'choose the moment of an entry': [
        `INSERT INTO hub.consent_event (consent_id, at, type, actor) VALUES (gen_random_uuid(), now(), 'note', 'tester')`,
      ],
      'choose the number of an entry': [
        `INSERT INTO hub.consent_event (consent_id, seq, type, actor) VALUES (gen_random_uuid(), 7, 'note', 'tester')`,
      ],
      'write a part of the timelines': [
        `INSERT INTO hub.consent_event_default (consent_id, type, actor) VALUES (gen_random_uuid(), 'note', 'tester')`,
      ],
      'read a part of the timelines': ['SELECT FROM hub.consent_event_first'],
      'empty a part of the timelines': ['TRUNCATE hub.consent_event_first'],
      'store where a timeline is said to begin': [
        `INSERT INTO hub.timeline_base VALUES (gen_random_uuid(), 1, '')`,
      ],
      'have it stored by the function of the owner': [`SELECT hub.base_timelines('consent_event_first', 1)`],
      'drop a part of the timelines': [`SELECT hub.drop_timeline_partition('consent_event_first')`],
      'move the head of a timeline': ['UPDATE hub.consent_timeline SET seq = 1'],
      'delete the head of a timeline': ['DELETE FROM hub.consent_timeline'],
      'make the head of a timeline': [`INSERT INTO hub.consent_timeline VALUES (gen_random_uuid(), 1, '')`],
      'delete a consent': ['DELETE FROM hub.consent'],
      'change the schema': ['ALTER TABLE hub.consent ADD COLUMN more text'],
      'add a table': ['CREATE TABLE hub.more (id integer)'],
      'drop a table': ['DROP TABLE hub.token_use'],
      'drop a trigger': ['DROP TRIGGER consent_event_append_only ON hub.consent_event'],
      'disable a trigger': ['ALTER TABLE hub.consent_event DISABLE TRIGGER consent_event_append_only'],
      'add a trigger': [
        `CREATE TRIGGER more BEFORE INSERT ON hub.consent_event EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
      ],
      'replace a function of a trigger': [
        `CREATE OR REPLACE FUNCTION hub.refuse_timeline_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
      ],
      'turn triggers off for its session': [`SET session_replication_role = 'replica'`],
      'have the heads moved by a trigger of its own': [
        'CREATE TEMP TABLE added (consent_id uuid, seq integer, hash bytea)',
        `CREATE TRIGGER forge AFTER INSERT ON added REFERENCING NEW TABLE AS added
         FOR EACH STATEMENT EXECUTE FUNCTION hub.move_timeline_heads()`,
      ],
      'become the owner': [`SET ROLE ${OWNER}`],
      'say that a migration ran': [`INSERT INTO public.hub_migration (timestamp, name) VALUES (1, 'Mine1')`],
    }),
  )('may not %s', async (_act, statements) => {
    await expect(as(APP, ...statements)).rejects.toMatchObject({ code: REFUSED });
  });

  it('has entries chained by functions that resolve names in the schemas that the owner has set', async () => {
    const [entry] = await as<{ seq: number; actor: string }>(
      APP,
      'CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT $1 $$',
      'CREATE TEMP TABLE consent_timeline (consent_id uuid, seq integer, hash bytea)',
      'SET search_path = pg_temp, pg_catalog, hub',
      `INSERT INTO hub.consent_event (consent_id, type, actor)
         SELECT id, 'note', 'test' FROM hub.consent LIMIT 1 RETURNING seq, actor`,
    );
    expect(entry?.seq).toBeGreaterThan(1);
    const wrong = await as(
      APP,
      `SELECT FROM hub.consent_event e JOIN hub.consent_timeline t USING (consent_id, seq)
        WHERE e.hash <> t.hash OR e.hash <> hub.consent_event_hash(e)`,
    );
    expect(wrong).toEqual([]);
  });
});

describe('consent_hub_read', () => {
  interface Column {
    readonly table: string;
    readonly column: string;
    readonly is_readable: boolean;
  }
  const columns = (): Promise<Column[]> =>
    as<Column>(
      OWNER,
      `SELECT c.relname AS table, a.attname AS column, has_column_privilege('${READ}', c.oid, a.attnum, 'SELECT') AS is_readable
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        ORDER BY c.relname, a.attname`,
    );

  it('reads everything but what is sealed, is a secret of others or the hash of one: a new column is put here or granted', async () => {
    const hidden = (await columns()).filter((column) => !column.is_readable);
    expect(hidden.map(({ table, column }) => `${table}.${column}`)).toEqual([
      'api_client_key.key_hash',
      'consent.authorization_code',
      'consent.browser_key_hash',
      'consent.callback_state_hash',
      'consent.code_verifier',
      'consent.link_start',
      'console_link.token_hash',
      'console_session.token_hash',
      'idempotency_key.answer',
      'idempotency_key.request_hash',
      'psu_session.cookie_hash',
      'psu_session.link_hash',
      'token_pair.access_token',
      'token_pair.refresh_token',
      'token_pair.sca_token',
      'token_request.raw_answer',
      'vault_key.wrapped_key',
      'webhook.former_secret',
      'webhook.secret',
      'webhook.url',
    ]);
  });

  it('is refused each of these columns, and a whole row', async () => {
    for (const { table, column } of (await columns()).filter(({ is_readable }) => !is_readable)) {
      for (const what of [`"${column}"`, '*', `count("${column}")`]) {
        await expect(as(READ, `SELECT ${what} FROM hub.${table}`)).rejects.toMatchObject({ code: REFUSED });
      }
    }
  });

  it('reads states, dates and timelines', async () => {
    const read = `SELECT c.state, p.generation, e.type FROM hub.consent c
      LEFT JOIN hub.token_pair p ON p.consent_id = c.id JOIN hub.consent_event e ON e.consent_id = c.id`;
    expect((await as(READ, read)).length).toBeGreaterThan(0);
  });

  it.each([
    `INSERT INTO hub.token_use VALUES (gen_random_uuid(), gen_random_uuid(), 1, now())`,
    `UPDATE hub.consent SET language = 'nl'`,
    'DELETE FROM hub.token_request',
    'CREATE TABLE hub.more (id integer)',
  ])('may not write: %s', async (statement) => {
    await expect(as(READ, statement)).rejects.toMatchObject({ code: REFUSED });
  });
});

class MakeMore1799999999999 implements MigrationInterface {
  readonly name = 'MakeMore1799999999999';
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE hub.more (id integer GENERATED ALWAYS AS IDENTITY, sealed bytea)');
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE hub.more');
  }
}

describe('a user that is a member of consent_hub_owner and may not create roles', () => {
  let empty: TestDatabase;
  let migrator: LoginUser;
  beforeEach(async () => {
    empty = await createEmptyDatabase();
    migrator = await loginUser(empty.url, OWNER);
    const admin = await empty.open();
    await admin.query(`GRANT CREATE ON DATABASE ${new URL(empty.url).pathname.slice(1)} TO ${migrator.name}`);
    await admin.query(`GRANT CREATE ON SCHEMA public TO ${migrator.name}`);
  });
  afterEach(() => empty.drop());

  it('migrates, to everything and back to nothing, and a hub works on it that is a member of consent_hub_app', async () => {
    const migrated = await new MigratedDatabase(migrator.url, HUB_SCHEMA).initialize();
    await migrated.runMigrations();
    const hub = await startHub((await loginUser(empty.url, APP)).url);
    expect(Math.max(...(await leadThroughLife(hub)))).toBeLessThan(300);
    await hub.close();
    // Entries of timelines refuse to be deleted, their table does not refuse to be dropped.
    for (let left = HUB_SCHEMA.migrations.length; left > 0; left--) await migrated.undoLastMigration();
    await migrated.destroy();
    const admin = await empty.open();
    expect(await admin.query(`SELECT FROM pg_namespace WHERE nspname = 'hub'`)).toEqual([]);
    expect(await admin.query(`SELECT FROM pg_default_acl`)).toEqual([]);
  });

  it('makes tables of later migrations that belong to the owner, that hubs write, and that no other user reads', async () => {
    const later = { ...HUB_SCHEMA, migrations: [...HUB_SCHEMA.migrations, MakeMore1799999999999] };
    for (const schema of [HUB_SCHEMA, later]) {
      const migrated = await new MigratedDatabase(migrator.url, schema).initialize();
      await migrated.runMigrations();
      await migrated.destroy();
    }
    const admin = await empty.open();
    const owners = await admin.query(
      `SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace = 'hub'::regnamespace
       UNION SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE pronamespace = 'hub'::regnamespace
       UNION SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'hub'`,
    );
    expect(owners).toEqual([{ owner: OWNER }]);
    const hub = await connectAsOwner(asRole(empty.url, APP));
    await hub.query(`SET ROLE ${APP}`);
    await hub.query(`INSERT INTO hub.more (sealed) VALUES ('x')`);
    await hub.query(`UPDATE hub.more SET sealed = 'y'`);
    await hub.query(`DELETE FROM hub.more`);
    await expect(hub.query('TRUNCATE hub.more')).rejects.toMatchObject({ code: REFUSED });
    await hub.end();
    const [reader] = await admin.query(
      `SELECT has_any_column_privilege('${READ}', 'hub.more', 'SELECT') AS reads`,
    );
    expect(reader).toEqual({ reads: false });
  });

  it('gets an error that says what to do where it is no member', async () => {
    await (await empty.open()).query(`REVOKE ${OWNER} FROM ${migrator.name}`);
    const migrated = await new MigratedDatabase(migrator.url, HUB_SCHEMA).initialize();
    await expect(migrated.runMigrations()).rejects.toThrow(/must be a member of consent_hub_owner/);
    await migrated.destroy();
  });
});
