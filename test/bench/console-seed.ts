import { newId, newRequestId } from '@consent-hub/platform';
import type { AdminHub } from '../../apps/consent-hub/testing/admin-hub.harness.js';
import type { TourGuide } from '../support/console-tour.js';

const BATCH = 50_000;
const READERS = 8;
/** Entries of the timeline of the consent that is looked at. */
const REFRESHES = 400;

/**
 * A hub that has worked for 400 days: consents of every kind, the live ones with pairs, calls, reads and timelines. What is written
 * by triggers of its own is written without them, but for the one consent that is looked at.
 *
 * @returns what the tour of the console finds in it
 */
export async function fillConsole(admin: AdminHub, consents: number): Promise<TourGuide> {
  const { dataSource } = admin;
  const clients = await readers(admin);
  const webhookId = await webhook(admin);
  const runner = dataSource.createQueryRunner();
  await runner.query(`SET session_replication_role = replica`);
  await runner.query(`SET statement_timeout = 0`);
  for (let from = 0; from < consents; from += BATCH) {
    await runner.query(CONSENTS, [admin.owner.id, consents, from, Math.min(BATCH, consents - from)]);
    process.stdout.write(`\rconsents ${from + BATCH}`);
  }
  console.log();
  for (const [name, statement, ...values] of [
    ['pairs', PAIRS],
    ['uses', USES],
    ['reads', READS, clients],
    ['accounts', ACCOUNTS],
    ['calls', CALLS],
    ['events', EVENTS],
    ['heads', HEADS],
    ['actions', ACTIONS],
    ['deliveries', DELIVERIES, webhookId],
    ['events of the hub', HUB_EVENTS],
    ['tallies of refreshes', REFRESH_TALLIES],
    ['tallies of reads', READ_TALLIES, clients],
    ['tallies of latency', LATENCY_TALLIES],
    ['tallies of consents', CONSENT_TALLIES],
    ['tallies of instances', INSTANCE_TALLIES],
  ] as const) {
    const since = performance.now();
    await runner.query(statement, values);
    console.log(`${name} ${((performance.now() - since) / 1000).toFixed(1)} s`);
  }
  await runner.query(`RESET session_replication_role`);
  await runner.query('VACUUM ANALYZE');
  await runner.release();
  return guideOf(admin, { clients, webhookId });
}

async function readers(admin: AdminHub): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 1; number <= READERS; number++) {
    const { client } = await admin.clients.create({
      name: `service-${number}`,
      permissions: ['tokens:read'],
    });
    ids.push(client.id);
  }
  return ids;
}

/** One whose receiver fails. */
async function webhook({ dataSource, adminId }: AdminHub): Promise<string> {
  const id = newId();
  await dataSource.query(
    `INSERT INTO hub.webhook (id, api_client_id, url, event_types, secret, starts_after, failing_since)
     VALUES ($1, $2, 'https://receiver.example', '{consent.failed}', '\\x00', 0, now())`,
    [id, adminId],
  );
  return id;
}

async function guideOf(
  admin: AdminHub,
  { clients, webhookId }: { clients: readonly string[]; webhookId: string },
): Promise<TourGuide> {
  const { dataSource } = admin;
  const psuRef = 'person-of-the-tour';
  const iban = 'BE68539007547034';
  const consentId = await admin.given.live(admin.owner, { psuRef });
  for (let times = 0; times < REFRESHES; times++) await admin.given.refreshed(consentId);
  await dataSource.transaction((tx) =>
    admin.given.consents.replaceAccounts(tx, consentId, [{ iban, logicalId: 'logical-1' }]),
  );
  const requestId = newRequestId();
  await dataSource.query(
    `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner, lease_ends_at, settled_at)
     VALUES ($1, $2, 'belfius', 'refresh_token', 'committed', 1, $3, 'hub-1', now(), now())`,
    [newId(), consentId, requestId],
  );
  const [clientId = ''] = clients;
  return { consentId, requestId, psuRef, iban, client: 'service-1', clientId, webhookId };
}

const LIVE = `state IN ('active', 'refreshed')`;

/** $1 owner, $2 how many in all, $3 the first of these, $4 how many of these */
const CONSENTS = `
  INSERT INTO hub.consent (id, brand, scope, psu_ref, iban, state, state_reason, opened_by, redirect_uri, created_at,
         authorized_at, activated_at, ended_at, consent_expires_at, accounts_refused_at)
  SELECT gen_random_uuid(), brand, scope, 'person-' || n, CASE scope WHEN 'CAF' THEN 'BE' || lpad(n::text, 14, '0') END, state,
         CASE state WHEN 'failed' THEN CASE n % 3 WHEN 0 THEN 'refresh_refused' ELSE 'rotation_lost' END
                    WHEN 'expired' THEN 'validity_ended' WHEN 'revoked' THEN 'withdrawn_at_bank' WHEN 'rejected' THEN 'psu_refused' END,
         $1, 'https://hub.example/callback', created_at,
         CASE WHEN state NOT IN ('initiated', 'rejected') THEN created_at END,
         CASE WHEN state IN ('active', 'refreshed', 'revoked', 'expired', 'failed') THEN created_at END,
         CASE WHEN state IN ('failed', 'expired', 'revoked', 'rejected')
           THEN least(now(), created_at + (n % 180) * interval '1 day') END,
         CASE WHEN state NOT IN ('initiated', 'rejected')
           THEN CASE WHEN ${LIVE} THEN now() + (n % 180000) * interval '86.4 seconds' ELSE created_at + interval '180 days' END END,
         CASE WHEN ${LIVE} AND n % 5000 = 7 THEN created_at END
    FROM (SELECT n, now() - ($2::integer - n) * interval '400 days' / $2::integer AS created_at,
                 (ARRAY['belfius', 'banx'])[n % 2 + 1] AS brand, (ARRAY['AIS', 'CAF', 'PIS'])[n % 3 + 1] AS scope,
                 CASE WHEN n % 100 = 0 THEN 'failed' WHEN n % 100 < 12 THEN 'expired' WHEN n % 100 < 16 THEN 'revoked'
                      WHEN n % 100 < 20 THEN 'rejected' WHEN n % 100 = 20 AND $2::integer - n < 2000 THEN 'initiated'
                      WHEN n % 100 < 40 THEN 'active' ELSE 'refreshed' END AS state
            FROM generate_series($3::integer, $3::integer + $4::integer - 1) AS n) AS given`;

const PAIRS = `
  INSERT INTO hub.token_pair (consent_id, brand, generation, access_token, refresh_token, key_id, issued_at, access_expires_at,
         last_used_at, refresh_due_at, refreshed_at)
  SELECT id, brand, 2, '\\x00', '\\x00', 'test', now(), now() + interval '1 hour', now() - random() * interval '60 days',
         now() + interval '30 days' * random(), now()
    FROM hub.consent WHERE ${LIVE}`;

const USES = `
  INSERT INTO hub.consent_use (consent_id, created_at, opened_by, scope, brand, has_ended, used_on)
  SELECT id, created_at, opened_by, scope, brand, ended_at IS NOT NULL, CASE WHEN random() < 0.97 THEN (now() - power(random(), 3) * (now() - created_at))::date END
    FROM hub.consent WHERE activated_at IS NOT NULL`;

const READS = `
  INSERT INTO hub.token_use (consent_id, api_client_id, uses, last_used_at)
  SELECT c.id, client, 10, now()
    FROM hub.consent c CROSS JOIN unnest($1::uuid[]) WITH ORDINALITY AS reader (client, n)
   WHERE c.${LIVE} AND (n = 1 OR (n < 4 AND random() < 0.3) OR random() < 0.02)`;

const ACCOUNTS = `
  INSERT INTO hub.consent_account (consent_id, iban, logical_id)
  SELECT id, 'BE00' || lpad((row_number() OVER ())::text, 12, '0'), 'logical' FROM hub.consent WHERE scope = 'AIS' AND ${LIVE}`;

const CALLS = `
  INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
         sent_at, lease_ends_at, settled_at, raw_answer)
  SELECT gen_random_uuid(), id, brand, 'refresh_token', status, 1, gen_random_uuid(), 'hub-1', now() - interval '1 minute', now() + interval '1 minute',
         CASE WHEN status = 'committed' THEN now() END, CASE WHEN status = 'received' THEN '\\x00'::bytea END
    FROM (SELECT id, brand, CASE row_number() OVER () % 2000 WHEN 0 THEN 'in_doubt' WHEN 1 THEN 'received' ELSE 'committed' END AS status
            FROM hub.consent WHERE ${LIVE}) live`;

const EVENTS = `
  INSERT INTO hub.consent_event (consent_id, seq, at, type, from_state, to_state, reason, actor, previous_hash, hash, position)
  SELECT id, 1, created_at, 'opened', NULL, 'initiated', NULL, 'hub:bench', NULL, '\\x00', nextval('hub.event_position') FROM hub.consent`;

const HEADS = `INSERT INTO hub.consent_timeline (consent_id, seq, hash) SELECT id, 1, '\\x00' FROM hub.consent`;

const ACTIONS = `
  INSERT INTO hub.admin_action (id, at, subject, name, roles, session_id, action, reason, consent_id)
  SELECT gen_random_uuid(), now() - n * interval '5 minutes', 'link:person-' || n % 50, 'person', ARRAY['viewer'], gen_random_uuid(),
         CASE n % 50 WHEN 0 THEN 'revoke_consent' ELSE 'sign_in' END, NULL, CASE n % 50 WHEN 0 THEN gen_random_uuid() END
    FROM generate_series(1, 100000) n`;

/** $1 webhook */
const DELIVERIES = `
  INSERT INTO hub.webhook_delivery (webhook_id, position, consent_id, event_id, event_type, state, is_head, attempts, due_at,
         last_status, last_error, created_at, ended_at)
  SELECT $1, n, gen_random_uuid(), 'evt_' || n || '_00000000', 'consent.failed', state, state = 'pending', 1, now() + interval '1 hour',
         CASE state WHEN 'delivered' THEN 204 ELSE 503 END, CASE WHEN state <> 'delivered' THEN 'http_503' END,
         now() - n * interval '1 minute', CASE WHEN state <> 'pending' THEN now() - n * interval '1 minute' END
    FROM (SELECT n, (ARRAY['pending', 'failed', 'delivered'])[1 + least(n % 20, 2)] AS state FROM generate_series(1, 300000) n) given`;

const HUB_EVENTS = `
  INSERT INTO hub.hub_event (position, at, type, data, hash)
  SELECT nextval('hub.event_position'), now() - n * interval '1 hour',
         CASE n % 2 WHEN 0 THEN 'hub.refreshes_resumed' ELSE 'hub.refreshes_paused' END, '{"brand": "banx"}', '\\x00'
    FROM generate_series(9600, 1, -1) n`;

/** 400 days of them. */
const HOURS = `
  (SELECT date_trunc('hour', now(), 'UTC') - make_interval(hours => h) AS hour FROM generate_series(0, 9599) h) hours`;
const OF_BRANDS = `CROSS JOIN unnest(ARRAY['belfius', 'banx']) AS brand`;

const REFRESH_TALLIES = `
  INSERT INTO hub.refresh_tally (hour, brand, outcome, count)
  SELECT hour, brand, outcome, 900 FROM ${HOURS} ${OF_BRANDS}
   CROSS JOIN unnest(ARRAY['committed', 'in_doubt', 'not_sent', 'rotation_lost', 'refused']) AS outcome
  ON CONFLICT DO NOTHING`;

/** $1 API clients */
const READ_TALLIES = `
  INSERT INTO hub.token_read_tally (hour, api_client_id, count) SELECT hour, id, 4000 FROM ${HOURS} CROSS JOIN unnest($1::uuid[]) AS id
  ON CONFLICT DO NOTHING`;

const LATENCY_TALLIES = `
  INSERT INTO hub.bank_latency_tally (hour, brand, up_to_ms, count)
  SELECT hour, brand, up_to_ms, 90 FROM ${HOURS} ${OF_BRANDS} CROSS JOIN unnest(ARRAY[100, 150, 200, 300, 400, 750, 1000]) AS up_to_ms
  ON CONFLICT DO NOTHING`;

const CONSENT_TALLIES = `
  INSERT INTO hub.consent_tally (day, brand, state, reason, count)
  SELECT current_date - d, brand, state, '', 1200 FROM generate_series(1, 400) d ${OF_BRANDS}
   CROSS JOIN unnest(ARRAY['initiated', 'authorized', 'active', 'rejected', 'failed', 'expired', 'revoked']) AS state
  ON CONFLICT DO NOTHING`;

const INSTANCE_TALLIES = `
  INSERT INTO hub.instance_tally (hour, owner, refreshes, sweeps, sweep_ms, longest_sweep_ms, answers_recovered)
  SELECT hour, owner, 450, 720, 720 * 14.5, 210, 0 FROM ${HOURS} CROSS JOIN unnest(ARRAY['hub-a.1', 'hub-b.1', 'hub-c.1', 'hub-d.1']) AS owner
  ON CONFLICT DO NOTHING`;
