import { BankCallEvents } from '@consent-hub/bank-client';
import { CONSENT_ENTITIES, LATENCY_BUCKETS_MS, TokenReadTally } from '@consent-hub/consent';
import { newId, type Caller } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { BankError } from '@consent-hub/bank-client';
import type { DataSource } from 'typeorm';
import { ConsentCountJob } from './consent-count.job.js';
import { CONSENT_FLOWS, FigureHistoryQuery, LATENCIES, TOKEN_READS } from './figure-history.query.js';
import { FigurePruningJob } from './figure-pruning.job.js';
import { FiguresRecorder } from './figures.recorder.js';
import { latencyBucketOf } from './latency-bucket.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let dataSource: DataSource;
let history: FigureHistoryQuery;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  history = new FigureHistoryQuery(dataSource);
});
afterEach(() => database.drop());

interface Replica {
  readonly calls: BankCallEvents;
  readonly reads: TokenReadTally;
  readonly recorder: FiguresRecorder;
}

function replica(): Replica {
  const [calls, reads] = [new BankCallEvents(), new TokenReadTally()];
  const recorder = new FiguresRecorder(dataSource, calls, reads);
  recorder.onModuleInit();
  return { calls, reads, recorder };
}

describe('reads of tokens', () => {
  it('are added up by client and hour, for all replicas together, and with none of a client that reads nothing', async () => {
    const [busy, quiet] = [newId(), newId()];
    const [one, other] = [replica(), replica()];
    for (let reads = 0; reads < 5; reads++) one.reads.handOut('served', busy);
    other.reads.handOut('refreshed', busy);
    other.reads.handOut('served', quiet);
    other.reads.refuse('consent_not_live');
    await Promise.all([one.recorder.run(), other.recorder.run()]);
    one.reads.handOut('served', busy);
    await one.recorder.beforeApplicationShutdown();
    const rows = await history.tokenReads(24);
    expect(Object.fromEntries(rows.map(({ apiClientId, count }) => [apiClientId, count]))).toEqual({
      [busy]: 7,
      [quiet]: 1,
    });
    expect(new Set(rows.map(({ hour }) => hour.getTime() % 3_600_000))).toEqual(new Set([0]));
  });

  it('write nothing by themselves, and one statement however many they were', async () => {
    const { reads, recorder } = replica();
    const query = jest.spyOn(dataSource, 'query');
    const clients = Array.from({ length: 20 }, newId);
    for (let read = 0; read < 2_000; read++) reads.handOut('served', clients[read % 20] ?? '');
    expect(query).not.toHaveBeenCalled();
    await recorder.run();
    expect(query).toHaveBeenCalledTimes(1);
    await recorder.run();
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
    expect((await history.tokenReads(1)).reduce((sum, { count }) => sum + count, 0)).toBe(2_000);
  });

  it('are kept while the database is away', async () => {
    const { reads, recorder } = replica();
    const id = newId();
    reads.handOut('served', id);
    const query = jest.spyOn(dataSource, 'query').mockRejectedValueOnce(new Error('away'));
    await recorder.run();
    reads.handOut('served', id);
    query.mockRestore();
    await recorder.run();
    expect(await history.tokenReads(1)).toMatchObject([{ apiClientId: id, count: 2 }]);
  });
});

describe('the time that the bank takes', () => {
  it('falls into the bucket that holds it', () => {
    expect([0, 10, 10.1, 26, 999, 1_000, 1_001, 120_000, 900_000].map(latencyBucketOf)).toEqual([
      10, 10, 25, 50, 1_000, 1_000, 1_500, 120_000, 300_000,
    ]);
    expect([...LATENCY_BUCKETS_MS].sort((one, other) => one - other)).toEqual([...LATENCY_BUCKETS_MS]);
  });

  it('is counted by brand and bucket, of calls for tokens that were sent', async () => {
    const { calls, recorder } = replica();
    const failed = (code: 'not_sent' | 'outcome_unknown') => Promise.reject(new BankError(code));
    await calls.observe('belfius', 'token', Promise.resolve());
    await calls.observe('belfius', 'token', Promise.resolve());
    await calls.observe('banx', 'token', Promise.resolve());
    await calls.observe('banx', 'accounts', Promise.resolve());
    await calls.observe('banx', 'token', failed('outcome_unknown')).catch(() => undefined);
    await calls.observe('banx', 'token', failed('not_sent')).catch(() => undefined);
    await recorder.run();
    const rows = await history.latencies(1);
    const of = (brand: string) =>
      rows.filter((row) => row.brand === brand).reduce((sum, { count }) => sum + count, 0);
    expect([of('belfius'), of('banx')]).toEqual([2, 2]);
  });
});

describe('the flow of consents', () => {
  const flows = async () =>
    Object.fromEntries(
      (await history.consentFlows(30)).map(({ brand, state, reason, count }) => [
        [brand, state, reason].filter(Boolean).join(' '),
        count,
      ]),
    );
  const journal = async () => {
    const rows = await dataSource.query<{ key: string; count: number }[]>(
      `SELECT concat_ws(' ', c.brand, e.to_state, e.reason) AS key, count(*)::int AS count
         FROM hub.consent_event e JOIN hub.consent c ON c.id = e.consent_id
        WHERE e.to_state IS NOT NULL AND e.from_state IS DISTINCT FROM e.to_state GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
  };

  async function fill(): Promise<void> {
    const given = new GivenConsents(dataSource);
    const owner: Caller = await given.caller();
    const end = (id: string, to: 'rejected' | 'expired' | 'failed', reason: string) =>
      dataSource.transaction((tx) =>
        given.consents.move(tx, id, { to, data: { reason } as never, actor: 'hub:test' }),
      );
    await given.opened(owner);
    await end((await given.opened(owner)).id, 'rejected', 'psu_refused');
    await end((await given.opened(owner, { brand: 'banx' })).id, 'rejected', 'authorization_failed');
    await end((await given.opened(owner)).id, 'expired', 'link_timeout');
    await end(await given.authorized(owner), 'failed', 'code_refused');
    const live = await given.live(owner, { brand: 'banx' });
    await given.refreshed(live);
    await given.refreshed(live);
    await given.live(owner);
  }

  it('is that of the timelines, before and after it was added up, for every brand and reason', async () => {
    await fill();
    const before = await flows();
    expect(before).toEqual(await journal());
    expect(before).toMatchObject({
      'belfius initiated': 5,
      'belfius rejected psu_refused': 1,
      'belfius expired link_timeout': 1,
      'belfius failed code_refused': 1,
      'banx active': 1,
    });
    await new ConsentCountJob(dataSource).run();
    expect(await flows()).toEqual(before);
    await fill();
    await Promise.all([new ConsentCountJob(dataSource).run(), new ConsentCountJob(dataSource).run()]);
    expect(await flows()).toEqual(await journal());
  });

  it('belongs to the day of UTC on which the state was entered', async () => {
    await dataSource.query(
      `INSERT INTO hub.consent_count_change (brand, scope, state, change, at)
       VALUES ('banx', 'AIS', 'initiated', 1, (now() AT TIME ZONE 'UTC')::date::timestamp AT TIME ZONE 'UTC' - interval '1 second')`,
    );
    await new ConsentCountJob(dataSource).run();
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(await history.consentFlows(2)).toMatchObject([{ day: yesterday, count: 1 }]);
    expect(await history.consentFlows(1)).toEqual([]);
  });
});

describe('the figures of hours and days', () => {
  it('are forgotten after 400 days, and not before', async () => {
    const ages = `unnest(ARRAY[399, 401, 4000]) AS days`;
    const hour = `date_trunc('hour', now(), 'UTC') - make_interval(days => days)`;
    for (const statement of [
      `INSERT INTO hub.refresh_tally SELECT ${hour}, 'banx', 'committed', 1 FROM ${ages}`,
      `INSERT INTO hub.token_read_tally SELECT ${hour}, gen_random_uuid(), 1 FROM ${ages}`,
      `INSERT INTO hub.bank_latency_tally SELECT ${hour}, 'banx', 100, 1 FROM ${ages}`,
      `INSERT INTO hub.consent_tally SELECT (${hour})::date, 'banx', 'active', '', 1 FROM ${ages}`,
      `INSERT INTO hub.instance_tally SELECT ${hour}, 'one', 1, 1, 1, 1, 0 FROM ${ages}`,
      `INSERT INTO hub.database_mark SELECT ${hour}, 'one', 'replaced' FROM ${ages}`,
      `INSERT INTO hub.instance_run SELECT 'owner' || days, 'one', false, '1', 'M', ${hour}, ${hour}, NULL, true, 0, 0, NULL FROM ${ages}`,
    ])
      await dataSource.query(statement);
    await new FigurePruningJob(dataSource).run();
    const left = await dataSource.query<{ table: string; count: number }[]>(
      `SELECT 'refresh_tally' AS table, count(*)::int AS count FROM hub.refresh_tally
       UNION ALL SELECT 'token_read_tally', count(*)::int FROM hub.token_read_tally
       UNION ALL SELECT 'bank_latency_tally', count(*)::int FROM hub.bank_latency_tally
       UNION ALL SELECT 'consent_tally', count(*)::int FROM hub.consent_tally
       UNION ALL SELECT 'instance_tally', count(*)::int FROM hub.instance_tally
       UNION ALL SELECT 'database_mark', count(*)::int FROM hub.database_mark
       UNION ALL SELECT 'instance_run', count(*)::int FROM hub.instance_run`,
    );
    expect(left.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it('are found by their keys, however long the history', async () => {
    const hours = `generate_series(0, 9599) AS h`;
    const hour = `date_trunc('hour', now(), 'UTC') - make_interval(hours => h)`;
    await dataSource.query(
      `INSERT INTO hub.token_read_tally SELECT ${hour}, ('00000000-0000-7000-8000-00000000000' || c)::uuid, 5
         FROM ${hours}, generate_series(0, 9) c`,
    );
    await dataSource.query(
      `INSERT INTO hub.bank_latency_tally SELECT ${hour}, brand, up_to, 5 FROM ${hours}, unnest(ARRAY['banx', 'belfius']) brand,
              unnest(ARRAY[50, 100, 200, 300]) up_to`,
    );
    await dataSource.query(
      `INSERT INTO hub.consent_tally SELECT (now() AT TIME ZONE 'UTC')::date - d, brand, state, '', 5
         FROM generate_series(0, 399) d, unnest(ARRAY['banx', 'belfius']) brand, unnest(ARRAY['initiated', 'active', 'failed']) state`,
    );
    await dataSource.query(`VACUUM ANALYZE`);
    for (const [statement, range] of [
      [TOKEN_READS, 720],
      [LATENCIES, 720],
      [CONSENT_FLOWS, 30],
    ] as const) {
      const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${statement}`, [range]);
      const text = plan.map((row) => row['QUERY PLAN']).join('\n');
      expect(text).not.toMatch(/Seq Scan on \w+_tally/);
    }
  });
});
