import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { newId } from '@consent-hub/platform';
import { setTimeout } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { IndexConsentSearch1795401200000 } from '../../../migrations/consent-hub/1795401200000-index-consent-search.js';
import { CONSENT_ENTITIES } from '../src/consent.module.js';

/** How many rows one statement writes: well within the time that a statement may take. */
const CHUNK = 100_000;
const SPAN = '400 days';
const VACUUM_ROUNDS = 60;

/**
 * What the search must stay fast on: as many consents of every kind as asked for, created one after the other up to now, of
 * a client that opened nine of ten, one that opened most of the others, and one that opened one of a thousand.
 */
export class ManyConsents {
  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly clients: { readonly large: string; readonly middle: string; readonly small: string },
  ) {}

  static async create(count: number): Promise<ManyConsents> {
    const database = await createTestDatabase();
    const dataSource = await database.open(CONSENT_ENTITIES);
    const clients = { large: newId(), middle: newId(), small: newId() };
    const many = new ManyConsents(database, dataSource, clients);
    await many.fill(count);
    return many;
  }

  private async fill(count: number): Promise<void> {
    const indexes = new IndexConsentSearch1795401200000();
    const runner = this.dataSource.createQueryRunner();
    await runner.query(NO_AUTOVACUUM);
    await runner.query(
      `INSERT INTO hub.api_client (id, name, permissions)
       SELECT id, 'client-' || n, ARRAY['consents:read']
         FROM unnest($1::uuid[]) WITH ORDINALITY AS client (id, n)`,
      [Object.values(this.clients)],
    );
    // Built in one go at the end, which is many times faster than row by row.
    await indexes.down(runner);
    for (let from = 1; from <= count; from += CHUNK) {
      await runner.query(CONSENTS, [
        from,
        Math.min(from + CHUNK - 1, count),
        count,
        ...Object.values(this.clients),
      ]);
    }
    await runner.query(ACCOUNTS);
    await runner.query(USES);
    await runner.query(REQUESTS);
    await indexes.up(runner);
    for (const table of ['consent', 'consent_account', 'consent_use', 'token_request'])
      await vacuum(runner, `hub.${table}`);
    await runner.release();
  }
}

/**
 * Vacuums until every page is marked as visible to all transactions, which an index-only scan relies on. A worker that analyses a
 * catalog of this database at the same time keeps an older snapshot, and what that might still see is not marked.
 */
async function vacuum(runner: QueryRunner, table: string): Promise<void> {
  for (let round = 1; round <= VACUUM_ROUNDS; round += 1) {
    await runner.query(`VACUUM (ANALYZE) ${table}`);
    const marked = await runner.manager.query<unknown[]>(
      `SELECT FROM pg_class WHERE oid = $1::regclass AND relallvisible = relpages`,
      [table],
    );
    if (marked.length > 0) return;
    await setTimeout(1_000);
  }
  throw new Error(`an older snapshot keeps pages of ${table} from being marked as visible`);
}

/** A worker that analyses a table while it is filled keeps the vacuum at the end from finding its rows visible to all transactions. */
const NO_AUTOVACUUM = `
  DO $$ DECLARE t regclass; BEGIN
    FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'hub'::regnamespace LOOP
      EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', t);
    END LOOP;
  END $$`;

const ID = (number: string): string =>
  `('01900000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** Six consents in a row differ in scope or brand, so that any of them may be live. */
const CONSENTS = `
  WITH given AS (
    SELECT i, now() - ($3::integer - i) * interval '${SPAN}' / $3::integer AS created_at, i::bigint * 7919 % 1000 AS die
      FROM generate_series($1::integer, $2::integer) i
  ), aged AS (
    SELECT *, CASE
      WHEN die < 80 THEN 'failed' WHEN die < 180 THEN 'rejected' WHEN die < 280 THEN 'revoked' WHEN die < 430 THEN 'superseded'
      WHEN die < 520 OR created_at < now() - interval '170 days' THEN 'expired'
      WHEN created_at > now() - interval '10 minutes' THEN 'initiated'
      WHEN die < 521 THEN 'authorized' WHEN die < 600 THEN 'active' ELSE 'refreshed' END AS state
      FROM given
  )
  INSERT INTO hub.consent (id, brand, scope, psu_ref, iban, state, state_reason, opened_by, redirect_uri, created_at,
         authorized_at, activated_at, ended_at, consent_expires_at, superseded_by, accounts_refused_at)
  SELECT ${ID('i')}, CASE i % 2 WHEN 0 THEN 'belfius' ELSE 'banx' END, (ARRAY['AIS', 'CAF', 'PIS'])[i % 3 + 1],
         'person-' || i / 6, CASE i % 3 WHEN 1 THEN 'BE' || lpad((i % 90 + 10)::text, 2, '0') || lpad((i / 6)::text, 12, '0') END,
         state, CASE state
           WHEN 'failed' THEN CASE WHEN i % 997 = 0 THEN 'exchange_lost' WHEN die < 20 THEN 'refresh_refused' ELSE 'rotation_lost' END
           WHEN 'rejected' THEN 'psu_refused' WHEN 'superseded' THEN 'replaced'
           WHEN 'revoked' THEN CASE WHEN die < 230 THEN 'withdrawn_at_bank' ELSE 'withdrawn_by_tpp' END
           WHEN 'expired' THEN CASE WHEN i % 991 = 0 THEN 'withdrawn_by_tpp' ELSE 'validity_ended' END
         END,
         CASE WHEN i % 1000 = 0 THEN $6 WHEN i % 10 = 0 THEN $5 ELSE $4 END::uuid, 'https://hub.example/callback', created_at,
         CASE WHEN state NOT IN ('initiated', 'rejected') THEN created_at END,
         CASE WHEN state IN ('active', 'refreshed', 'superseded', 'revoked') THEN created_at END,
         CASE WHEN state NOT IN ('initiated', 'authorized', 'active', 'refreshed')
           THEN created_at + (i::bigint * 104729 % 1000) / 1000.0 * least(now() - created_at, interval '180 days') END,
         CASE WHEN state NOT IN ('initiated', 'rejected') THEN created_at + interval '180 days' END,
         CASE WHEN state = 'superseded' THEN ${ID('1')} END,
         CASE WHEN i % 999 = 0 AND state IN ('active', 'refreshed') THEN created_at END
    FROM aged`;

const ACCOUNTS = `
  INSERT INTO hub.consent_account (consent_id, iban, logical_id)
  SELECT id, 'BE00' || lpad((row_number() OVER ())::text, 12, '0'), 'logical' FROM hub.consent
   WHERE scope = 'AIS' AND state IN ('active', 'refreshed') LIMIT 200000`;

/** One of a hundred was never read; most of the others of late. */
const USES = `
  INSERT INTO hub.consent_use (consent_id, created_at, opened_by, scope, brand, has_ended, used_on)
  SELECT id, created_at, opened_by, scope, brand, ended_at IS NOT NULL, CASE WHEN row_number() OVER () % 100 <> 0
           THEN (now() - ((row_number() OVER () % 97)::double precision / 97) ^ 3 * (now() - created_at))::date END
    FROM hub.consent WHERE activated_at IS NOT NULL`;

const REQUESTS = `
  INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
         sent_at, lease_ends_at, settled_at, raw_answer)
  SELECT gen_random_uuid(), id, brand, 'refresh_token', status, 1, gen_random_uuid(), 'test', now(), now(),
         CASE WHEN status = 'committed' THEN now() END, CASE WHEN status = 'received' THEN '\\x00'::bytea END
    FROM (SELECT id, brand, CASE row_number() OVER (ORDER BY id DESC) % 1000 WHEN 0 THEN 'in_doubt' WHEN 1 THEN 'received' ELSE 'committed' END AS status
            FROM hub.consent WHERE state IN ('active', 'refreshed') LIMIT 200000) live`;
