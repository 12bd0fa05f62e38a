import { Client } from 'pg';

/** What the apps set for their own sessions, and a test that reads the same data needs as well. */
const OPTIONS = '-c statement_timeout=0 -c lock_timeout=0 -c default_transaction_isolation=read\\ committed';

/** A connection in addition to those of the apps, without their limits; the caller ends it. */
export async function connectAsOwner(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'consent-hub-test',
    options: OPTIONS,
  });
  await client.connect();
  return client;
}
