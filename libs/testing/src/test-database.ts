import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type QueryResultRow } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { databaseOptions, OPERATOR_LIMITS } from '@consent-hub/platform';

/** A database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  /** A connection pool for these entities, in which statements may take minutes; closed by `drop`. */
  open(entities?: DataSourceOptions['entities']): Promise<DataSource>;
  /** Closes what `open` opened and removes the database, even if clients are still connected to it. */
  drop(): Promise<void>;
}

/**
 * What the owner of a database may have set for reasons of his own. Every session of the apps brings what it depends on, so
 * that none of this changes anything.
 */
const HOSTILE_SETTINGS: Readonly<Record<string, string>> = {
  DateStyle: 'German, DMY',
  TimeZone: 'Europe/Brussels',
  IntervalStyle: 'sql_standard',
  bytea_output: 'escape',
  search_path: 'pg_catalog',
  default_transaction_isolation: 'serializable',
  statement_timeout: '1ms',
  lock_timeout: '1ms',
  idle_in_transaction_session_timeout: '1ms',
  enable_seqscan: 'on',
  jit: 'on',
};

const TEMPLATE_BUSY = '55006';
const ATTEMPTS = 100;

/**
 * Clones the template of this test run, with the migrations of both apps: tens of milliseconds, safe from any number of workers at once.
 *
 * @throws when the test's project has no database (see the tiers in `jest.config.mjs`)
 */
export function createTestDatabase(): Promise<TestDatabase> {
  const { server, template } = testServer();
  return createDatabase(server, template, template);
}

/** A database that no migration has met; otherwise as `createTestDatabase`. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  const { server, template } = testServer();
  return createDatabase(server, template, 'template0');
}

function testServer(): { server: string; template: string } {
  const server = process.env['TEST_DATABASE_URL'];
  const template = process.env['TEST_DATABASE_TEMPLATE'];
  if (!server || !template) {
    throw new Error(
      'This test has no database: name the file *.integration.spec.ts, or put it into a tier that has one',
    );
  }
  return { server, template };
}

/** @param prefix of the name, by which the end of the test run finds what was left */
async function createDatabase(server: string, prefix: string, template: string): Promise<TestDatabase> {
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  await cloneTemplate(server, name, template);
  if (process.env['TEST_DATABASE_HOSTILE']) await setAgainstTheApps(server, name);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const opened: DataSource[] = [];
  return {
    url,
    async open(entities = []) {
      const dataSource = new DataSource(
        databaseOptions(url, 'consent-hub-test', entities, { limits: OPERATOR_LIMITS }),
      );
      opened.push(dataSource);
      return dataSource.initialize();
    },
    async drop() {
      for (const dataSource of opened.splice(0)) if (dataSource.isInitialized) await dataSource.destroy();
      await query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

const setAgainstTheApps = (server: string, name: string): Promise<unknown> =>
  query(
    server,
    Object.entries(HOSTILE_SETTINGS)
      .map(([setting, value]) => `ALTER DATABASE ${name} SET ${setting} TO '${value}'`)
      .join(';'),
  );

/** Postgres refuses to clone a database while anything is connected to it, be it its own housekeeping. */
async function cloneTemplate(server: string, name: string, template: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Copying files costs the server half of what copying block by block through its log does.
      await query(server, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
      return;
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === TEMPLATE_BUSY;
      if (!isBusy || attempt === ATTEMPTS) throw error;
      await delay(50);
    }
  }
}

/** Runs statements on a connection of its own. */
async function query<T extends QueryResultRow>(url: string, statement: string): Promise<T[]> {
  const client = new Client({ connectionString: url, application_name: 'consent-hub-test' });
  await client.connect();
  try {
    return (await client.query<T>(statement)).rows;
  } finally {
    await client.end();
  }
}
