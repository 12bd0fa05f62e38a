import { randomBytes } from 'node:crypto';
import { connectAsOwner } from './owner-client.js';

/** A user of the database server that may log in, and is no superuser. */
export interface LoginUser {
  readonly name: string;
  /** URL of the database, as this user. */
  readonly url: string;
  /** Removes the user, once the database is gone. */
  drop(server: string): Promise<void>;
}

/** @param roles that the user is made a member of */
export async function createLoginUser(databaseUrl: string, roles: readonly string[]): Promise<LoginUser> {
  const name = `login_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await run(databaseUrl, `CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
  for (const role of roles) await run(databaseUrl, `GRANT ${role} TO ${name}`);
  return {
    name,
    url: Object.assign(new URL(databaseUrl), { username: name, password }).href,
    drop: (server) => run(server, `DROP ROLE ${name}`),
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = await connectAsOwner(url);
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
