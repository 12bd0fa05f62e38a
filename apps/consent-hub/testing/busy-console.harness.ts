import { randomUUID } from 'node:crypto';
import type { AdminHub } from './admin-hub.harness.js';

/** What a hub holds that has worked for some time, so that every page of the console has something to show. */
export interface BusyHub {
  /** Live, refreshed many times. */
  readonly refreshed: string;
  /** Failed an hour ago, its pair lost. */
  readonly failed: readonly string[];
  /** Live, ends within seven days. */
  readonly expiring: readonly string[];
  /** Live, with two accounts. */
  readonly withAccounts: string;
  /** Live, the answer to its refresh lost. */
  readonly inDoubt: string;
  /** Its receiver fails: two events delivered, one given up, one waiting. */
  readonly webhook: string;
  /** Live, with an answer that cannot be read. */
  readonly unreadable: string;
  /** Live, took over from another one, with other accounts. */
  readonly renewed: string;
  /** API clients that read the token of `refreshed`, the latest first. */
  readonly readers: readonly string[];
}

const READERS = ['ledger', 'scoring'] as const;

const REFRESHES = 14;
const IBANS = ['BE68539007547034', 'BE83063154780915'] as const;
const WEEK_HOURS = 168;

export async function fillHub(admin: AdminHub): Promise<BusyHub> {
  const { given, owner, dataSource } = admin;
  const live = (psuRef: string, more = {}) =>
    given.live(owner, { psuRef: `${psuRef}-${randomUUID().slice(0, 4)}`, ...more });
  const refreshed = await live('customer-1001');
  for (let times = 0; times < REFRESHES; times++) await given.refreshed(refreshed);
  const failed = [await live('customer-2001'), await live('customer-2002', { brand: 'banx' })];
  for (const id of failed)
    await dataSource.transaction((tx) =>
      given.consents.move(tx, id, {
        to: 'failed',
        data: { reason: 'rotation_lost' },
        actor: 'hub:refresh-job',
      }),
    );
  const expiring = [
    await live('customer-3001'),
    await live('customer-3002'),
    await live('customer-3003', { brand: 'banx' }),
  ];
  for (const [at, id] of expiring.entries())
    await dataSource.query(
      `UPDATE hub.consent SET consent_expires_at = now() + make_interval(days => $2) WHERE id = $1`,
      [id, at + 2],
    );
  const withAccounts = await live('customer-4001');
  await dataSource.transaction((tx) =>
    given.consents.replaceAccounts(
      tx,
      withAccounts,
      IBANS.map((iban) => ({ iban, logicalId: `logical-${iban.slice(-4)}` })),
    ),
  );
  const inDoubt = await live('customer-5001');
  await admin.request(inDoubt, 'in_doubt');
  await given.opened(owner, { psuRef: 'customer-6001' });
  const caf = await live('customer-7001', { scope: 'CAF', iban: 'BE49091200881571', brand: 'banx' });
  await dataSource.transaction((tx) =>
    given.consents.move(tx, caf, {
      to: 'revoked',
      data: { reason: 'withdrawn_at_bank' },
      actor: 'hub:refresh-job',
    }),
  );
  const unreadable = await live('customer-8001');
  await admin.keepAnswer(unreadable, '{"access_token": 1}');
  const renewed = await renew(admin);
  for (const name of READERS) await admin.keyOf(name, ['tokens:read']);
  await dataSource.query(
    `INSERT INTO hub.token_use (consent_id, api_client_id, uses, last_used_at)
     SELECT consent_id, id, 100 + length(name) * 37, now() - CASE name WHEN 'ledger' THEN interval '3 minutes' ELSE interval '5 hours' END
       FROM hub.api_client CROSS JOIN unnest($1::uuid[]) AS consent_id WHERE name = ANY ($2::text[])`,
    [[refreshed, inDoubt, ...failed], READERS],
  );
  await dataSource.query(
    `INSERT INTO hub.webhook (id, api_client_id, url, event_types, secret, starts_after, failing_since)
     SELECT gen_random_uuid(), id, 'https://receiver.example', '{consent.failed}', '\\x00', 0, now() - interval '1 hour'
       FROM hub.api_client WHERE name = 'ledger'`,
  );
  await dataSource.query(
    `INSERT INTO hub.refresh_tally (hour, brand, outcome, count)
     SELECT date_trunc('hour', now(), 'UTC') - make_interval(hours => h), brand, outcome,
            CASE outcome WHEN 'committed' THEN 300 + (h * 37 + length(brand)) % 120 WHEN 'in_doubt' THEN 9 WHEN 'not_sent' THEN 31 ELSE 4 END
       FROM generate_series(0, ${WEEK_HOURS - 1}) h, unnest(ARRAY['belfius', 'banx']) brand,
            unnest(ARRAY['committed', 'in_doubt', 'not_sent', 'rotation_lost']) outcome
      WHERE outcome = 'committed' OR h % 11 = 5
     ON CONFLICT DO NOTHING`,
  );
  const webhook = await failingWebhook(admin, refreshed);
  await dataSource.query(
    `INSERT INTO hub.token_use (consent_id, api_client_id, uses, last_used_at)
     VALUES ($1, $3, 4211, now() - interval '8 hours'), ($2, $3, 17, now() - interval '3 days')`,
    [refreshed, withAccounts, admin.adminId],
  );
  await fillHistory(admin);
  const ofConsents = { refreshed, failed, expiring, withAccounts, inDoubt, unreadable, renewed };
  return { ...ofConsents, readers: [...READERS, 'admin'], webhook };
}

/** As it is in the database: nothing is sent by it. */
async function failingWebhook({ dataSource, adminId }: AdminHub, consentId: string): Promise<string> {
  const id = randomUUID();
  await dataSource.query(
    `INSERT INTO hub.webhook (id, api_client_id, url, event_types, description, secret, starts_after, failing_since)
     VALUES ($1, $2, 'https://receiver.example/consent-events', '{consent.activated,consent.failed,consent.expiring}',
             'mails to customers', '\\x00', 0, now() - interval '5 hours')`,
    [id, adminId],
  );
  await dataSource.query(
    `INSERT INTO hub.webhook_delivery (webhook_id, position, consent_id, event_id, event_type, state, is_head, attempts, due_at,
            last_status, last_error, ended_at)
     SELECT $1, n, $2, 'evt_' || (4700 + n) || '_5f0c9a1e', 'consent.activated', state, state = 'pending',
            CASE state WHEN 'delivered' THEN 1 WHEN 'failed' THEN 10 ELSE 3 END, now() + interval '20 minutes',
            CASE state WHEN 'delivered' THEN 204 ELSE 503 END, CASE state WHEN 'delivered' THEN NULL ELSE 'http_503' END,
            CASE WHEN state <> 'pending' THEN now() - n * interval '1 hour' END
       FROM unnest(ARRAY['delivered', 'delivered', 'failed', 'pending']) WITH ORDINALITY AS given (state, n)`,
    [id, consentId],
  );
  return id;
}

/** What hubs have counted and noticed for a week: reads, times of the bank, two processes, a pause, a failover. */
async function fillHistory({ dataSource, adminId, owner }: AdminHub): Promise<void> {
  const hour = `date_trunc('hour', now(), 'UTC') - make_interval(hours => h)`;
  const hours = `generate_series(0, ${WEEK_HOURS - 1}) h`;
  await dataSource.query(
    `INSERT INTO hub.token_read_tally (hour, api_client_id, count)
     SELECT ${hour}, id, CASE WHEN id = $1 THEN 900 + (h * 53) % 400 ELSE 40 + (h * 7) % 30 END
       FROM ${hours}, unnest(ARRAY[$1, $2]::uuid[]) id WHERE id = $1 OR h % 3 = 0`,
    [adminId, owner.id],
  );
  await dataSource.query(
    `INSERT INTO hub.bank_latency_tally (hour, brand, up_to_ms, count)
     SELECT ${hour}, brand, up_to_ms, 1 + (up_to_ms * 31 + h * 17) % 90
       FROM ${hours}, unnest(ARRAY['belfius', 'banx']) brand, unnest(ARRAY[150, 200, 300, 400, 750, 1000]) up_to_ms
      WHERE up_to_ms < 700 OR (h / 9) % 4 = 1`,
  );
  await dataSource.query(
    `INSERT INTO hub.instance_run (owner, name, is_duplicate, version, schema, started_at, seen_at, ended_at, spool_is_writable,
                                   spool_files, unsettled_answers, oldest_unsettled_at)
     VALUES ('hub-a.1', 'hub-a', false, '0.9.0', 'CreateConsole1795402300000', now() - interval '9 days', now() - interval '5 hours',
             now() - interval '5 hours', true, 2, 0, NULL),
            ('hub-a.2', 'hub-a', false, '1.0.0', 'IndexHubEvents1795500300000', now() - interval '5 hours', now(), NULL, true, 3, 0, NULL),
            ('hub-a.3', 'hub-a~0a1b2c', true, '1.0.0', 'IndexHubEvents1795500300000', now() - interval '4 hours', now(), NULL, false, 12,
             4, now() - interval '90 seconds')`,
  );
  await dataSource.query(
    `INSERT INTO hub.instance_tally (hour, owner, refreshes, sweeps, sweep_ms, longest_sweep_ms, answers_recovered)
     SELECT ${hour}, owner, 300 + length(owner) * h, 720, 720 * 14.5, 210, CASE WHEN h = 3 AND owner = 'hub-a.2' THEN 7 ELSE 0 END
       FROM generate_series(0, 4) h, unnest(ARRAY['hub-a.2', 'hub-a.3']) owner`,
  );
  await dataSource.query(
    `INSERT INTO hub.database_mark (at, owner, kind)
     VALUES (now() - interval '170 minutes', 'hub-a.2', 'replaced'),
            (now() - interval '170 minutes' + interval '2 seconds', 'hub-a.3', 'replaced')`,
  );
  // Events are dated by the database; a pause of hours ago is written as one who may change them does.
  await dataSource.transaction(async (tx) => {
    await tx.query(`SET LOCAL session_replication_role = replica`);
    await tx.query(
      `INSERT INTO hub.hub_event (position, at, type, data, hash)
       SELECT -nth, now() - make_interval(mins => ago), type, '{"brand": "banx"}', '\\x00'
         FROM (VALUES (2, 500, 'hub.refreshes_paused'), (1, 440, 'hub.refreshes_resumed')) AS event (nth, ago, type)`,
    );
  });
}

/** @returns the newer of two consents of one person */
async function renew({ given, owner, dataSource }: AdminHub): Promise<string> {
  const psuRef = `customer-9001-${randomUUID().slice(0, 4)}`;
  const ids = [await given.live(owner, { psuRef }), await given.live(owner, { psuRef })] as const;
  const accounts = [IBANS, [IBANS[0], 'BE49091200881571']];
  for (const [at, id] of ids.entries())
    await dataSource.transaction((tx) =>
      given.consents.replaceAccounts(
        tx,
        id,
        (accounts[at] ?? []).map((iban) => ({ iban, logicalId: `logical-${iban.slice(-4)}` })),
      ),
    );
  return ids[1];
}
