import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MigratedDatabase } from '@consent-hub/platform';
import { Client } from 'pg';
import { HUB_SCHEMA } from '../../migrations/consent-hub/index.js';
import { BANK_SCHEMA } from '../../migrations/sandbox-bank/index.js';
import { Program } from './local-stack.js';
import { PostgresServer } from './postgres-server.js';

const START_MS = 120_000;
/** What npm start and docker-compose.yml do to a database before the apps start. */
const PREPARATION = `
  import { prepareUsers } from './scripts/lib/database-users.mjs';
  import { migrate } from './scripts/lib/stack-database.mjs';
  const urls = await prepareUsers(process.argv[1], { migrator: 'm', hub: "h'%41@:/?#", bank: 'b' });
  await migrate(urls);
  console.log('users ' + JSON.stringify(urls) + ' .');
`;

describe('the users of the database of a stack', () => {
  const base = mkdtempSync(join(tmpdir(), 'consent-hub-users-'));
  const directory = `${base}-server`;
  const programs: Program[] = [];
  const run = (script: string, argument: string): Program => {
    const program = new Program(
      process.execPath,
      ['--input-type=module', '-e', script, argument],
      process.env,
    );
    programs.push(program);
    return program;
  };
  let server: PostgresServer;
  let url: string;

  beforeAll(async () => {
    server = await PostgresServer.start(directory, START_MS);
    ({ url } = server);
  }, START_MS);
  afterAll(async () => {
    await server.close();
    for (const program of programs) program.killGroup();
    rmSync(base, { recursive: true, force: true });
  }, START_MS);

  const query = async (as: string, statement: string): Promise<unknown[]> => {
    const client = new Client({ connectionString: as });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  };

  it(
    'take over what a superuser made, may do what they need and no more, and are made once',
    async () => {
      const names = HUB_SCHEMA.migrations.map(({ name }) => name);
      // As stacks were before there were roles.
      const isNew = names.slice(names.indexOf('CreateRoles1795401500000'));
      for (const schema of [HUB_SCHEMA, BANK_SCHEMA]) {
        const migrated = await new MigratedDatabase(url, schema).initialize();
        await migrated.runMigrations();
        if (schema === HUB_SCHEMA) while (isNew.pop()) await migrated.undoLastMigration();
        await migrated.destroy();
      }
      for (let time = 1; time <= 2; time++) {
        const preparation = run(PREPARATION, url);
        expect(`${await preparation.ends(START_MS)} ${preparation.output}`).toMatch(/^0 /);
        const users = JSON.parse(/users (.*) \./.exec(preparation.output)?.[1] ?? '') as Record<
          string,
          string
        >;
        const [hub = '', bank = ''] = [users['hub'], users['bank']];
        await query(
          hub,
          `INSERT INTO hub.api_client (id, name, permissions) VALUES (gen_random_uuid(), 'name-${time}', '{admin}')`,
        );
        expect(await query(hub, 'SELECT FROM hub.api_client')).toHaveLength(time);
        await query(bank, 'SELECT FROM bank.psu');
        for (const [user, statement] of [
          [hub, 'ALTER TABLE hub.consent ADD COLUMN more text'],
          [hub, 'DELETE FROM hub.consent_event'],
          [hub, 'SELECT FROM bank.psu'],
          [bank, 'SELECT FROM hub.consent'],
        ] as const) {
          await expect(query(user, statement)).rejects.toMatchObject({ code: '42501' });
        }
      }
      const owners = `SELECT DISTINCT relnamespace::regnamespace::text AS schema, pg_get_userbyid(relowner) AS owner
        FROM pg_class WHERE relnamespace IN ('hub'::regnamespace, 'bank'::regnamespace) ORDER BY 1`;
      expect(await query(url, owners)).toEqual([
        { schema: 'bank', owner: 'sandbox_bank' },
        { schema: 'hub', owner: 'consent_hub_owner' },
      ]);
    },
    START_MS,
  );
});
