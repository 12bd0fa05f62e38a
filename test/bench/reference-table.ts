import type { Client } from 'pg';

/** The table of the reference programs: a pair, when it is due, and an audit row a refresh. */
export async function createReferenceTable(client: Client, rows: number): Promise<void> {
  await client.query(`
    CREATE SCHEMA bench;
    CREATE TABLE bench.pair (
      id bigint PRIMARY KEY, generation integer NOT NULL, due_at timestamptz NOT NULL, claimed_until timestamptz,
      access bytea NOT NULL, refresh bytea NOT NULL
    );
    CREATE TABLE bench.event (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, pair_id bigint NOT NULL, generation integer NOT NULL,
      at timestamptz NOT NULL DEFAULT now()
    )`);
  await client.query(
    `INSERT INTO bench.pair
     SELECT n, 1, now() - random() * interval '1 hour', NULL, decode(repeat('ab', 90), 'hex'), decode(repeat('cd', 90), 'hex')
       FROM generate_series(1, $1::integer) AS n`,
    [rows],
  );
  await client.query('CREATE INDEX pair_due ON bench.pair (due_at)');
  await client.query('VACUUM ANALYZE bench.pair');
}

/** All of it is due again. */
export async function makeReferenceDue(client: Client): Promise<void> {
  await client.query(`UPDATE bench.pair SET due_at = now() - random() * interval '1 hour'`);
  await client.query('VACUUM bench.pair');
}
