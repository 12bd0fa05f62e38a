import pg from 'pg';

/** The users of a stack's database, and the role that each is a member of (docs/operations.md). */
const USERS = {
  migrator: { name: 'hub_migrator', role: 'consent_hub_owner' },
  hub: { name: 'hub', role: 'consent_hub_app' },
  bank: { name: 'sandbox_bank' },
};

/** Objects that earlier stacks made as the superuser get the user that migrates from now on as owner. */
const HAND_OVER = `
  DO $$
  DECLARE
    statement text;
  BEGIN
    FOR statement IN
      WITH part (schema, list, heir) AS (
        VALUES ('hub', 'hub_migration', 'hub_migrator'), ('bank', 'bank_migration', 'sandbox_bank')
      )
      SELECT format('ALTER SCHEMA %I OWNER TO %I', nspname, heir)
        FROM part JOIN pg_namespace ON nspname = schema WHERE pg_get_userbyid(nspowner) = current_user
      UNION ALL
      SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, heir)
        FROM part JOIN pg_class c ON relnamespace = to_regnamespace(schema) OR c.oid = to_regclass('public.' || list)
       WHERE relkind = 'r' AND pg_get_userbyid(relowner) = current_user
      UNION ALL
      SELECT format('ALTER FUNCTION %s OWNER TO %I', p.oid::regprocedure, heir)
        FROM part JOIN pg_proc p ON pronamespace = to_regnamespace(schema) WHERE pg_get_userbyid(proowner) = current_user
    LOOP
      EXECUTE statement;
    END LOOP;
  END $$`;

const createIfMissing = (name, kind) => `
  DO $$
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN
      CREATE ROLE ${name} ${kind};
    END IF;
  END $$`;

/**
 * Makes the users of a stack, or gives those that are there these passwords. Can be repeated.
 *
 * @param adminUrl of the database, as a superuser
 * @param passwords `{ migrator, hub, bank }`
 * @returns the URL of the database for each of them
 */
export async function prepareUsers(adminUrl, passwords) {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'consent-hub-start' });
  await client.connect();
  try {
    for (const role of ['consent_hub_owner', 'consent_hub_app', 'consent_hub_read']) {
      await client.query(createIfMissing(role, 'NOLOGIN'));
    }
    for (const [user, { name, role }] of Object.entries(USERS)) {
      await client.query(createIfMissing(name, 'LOGIN'));
      await client.query(`ALTER ROLE ${name} PASSWORD ${client.escapeLiteral(passwords[user])}`);
      if (role) await client.query(`GRANT ${role} TO ${name}`);
    }
    const database = client.escapeIdentifier(client.database);
    await client.query(`GRANT CREATE ON DATABASE ${database} TO hub_migrator, sandbox_bank`);
    await client.query('GRANT CREATE ON SCHEMA public TO hub_migrator, sandbox_bank');
    await client.query(HAND_OVER);
  } finally {
    await client.end();
  }
  return Object.fromEntries(
    Object.entries(USERS).map(([user, { name }]) => [
      user,
      // The setter of a URL leaves a `%` as it is.
      Object.assign(new URL(adminUrl), { username: name, password: encodeURIComponent(passwords[user]) })
        .href,
    ]),
  );
}
