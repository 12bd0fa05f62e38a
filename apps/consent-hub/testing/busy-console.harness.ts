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
}

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
  await dataSource.query(
    `INSERT INTO hub.refresh_tally (hour, brand, outcome, count)
     SELECT date_trunc('hour', now(), 'UTC') - make_interval(hours => h), brand, outcome,
            CASE outcome WHEN 'committed' THEN 300 + (h * 37 + length(brand)) % 120 WHEN 'in_doubt' THEN 9 WHEN 'not_sent' THEN 31 ELSE 4 END
       FROM generate_series(0, ${WEEK_HOURS - 1}) h, unnest(ARRAY['belfius', 'banx']) brand,
            unnest(ARRAY['committed', 'in_doubt', 'not_sent', 'rotation_lost']) outcome
      WHERE outcome = 'committed' OR h % 11 = 5
     ON CONFLICT DO NOTHING`,
  );
  return { refreshed, failed, expiring, withAccounts, inDoubt };
}
