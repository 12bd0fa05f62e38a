import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { buildVersion } from '@consent-hub/platform';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import {
  GrantEvents,
  TokenGrantSettings,
  type GrantStatus,
  type RequestEnded,
  type SpoolHealth,
} from '@consent-hub/token-grant';
import type { DataSource } from 'typeorm';
import { HUB_SCHEMA } from '../../../../migrations/consent-hub/index.js';
import { InstanceHistoryQuery, MARKS, RECOVERED, RUNS } from './instance-history.query.js';
import { InstanceRunsRecorder } from './instance-runs.recorder.js';

jest.setTimeout(30_000);

let database: TestDatabase;
let dataSource: DataSource;
let history: InstanceHistoryQuery;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  history = new InstanceHistoryQuery(dataSource);
});
afterEach(() => database.drop());

const ENDED: RequestEnded = {
  type: 'request_ended',
  consentId: 'c',
  brand: 'banx',
  grantType: 'refresh_token',
  isProbe: false,
  isScheduled: true,
  seconds: 0.1,
  outcome: 'committed',
  reason: null,
};

function process(instance: string, unsettledAnswers = 0, isWritable = true) {
  const settings = new TokenGrantSettings({
    owner: instance,
    tokenTimeoutMs: 1_000,
    spoolDir: '/nowhere',
    spoolRetentionMinutes: 30,
  });
  const events = new GrantEvents();
  const grants = { read: () => ({ isDuplicate: false, unsettledAnswers, oldestUnsettledSeconds: 90 }) };
  const spool = { isWritable: () => isWritable, files: 3 };
  const recorder = new InstanceRunsRecorder(
    dataSource,
    settings,
    grants as GrantStatus,
    spool as SpoolHealth,
    events,
  );
  recorder.onModuleInit();
  return { events, recorder, settings };
}

describe('the history of instances', () => {
  it('says of each process what it is, how its spool stands, and what it has done', async () => {
    const [one, other] = [process('hub-1', 2, false), process('hub-2')];
    for (let refreshes = 0; refreshes < 3; refreshes++) one.events.emit(ENDED);
    one.events.emit({ ...ENDED, isScheduled: false });
    one.events.emit({ type: 'refreshes_swept', milliseconds: 40 });
    one.events.emit({ type: 'refreshes_swept', milliseconds: 10 });
    other.events.emit(ENDED);
    await Promise.all([one.recorder.run(), other.recorder.run()]);
    one.events.emit({ type: 'refreshes_swept', milliseconds: 20 });
    one.events.emit({ type: 'spool_replayed', count: 4 });
    await one.recorder.run();
    const runs = await history.runs();
    expect(runs).toMatchObject([
      {
        name: 'hub-1',
        owner: one.settings.owner,
        version: buildVersion(),
        schema: HUB_SCHEMA.migrations.at(-1)?.name,
        endedAt: null,
        spoolIsWritable: false,
        spoolFiles: 3,
        unsettledAnswers: 2,
        day: { refreshes: 3, sweeps: 3, sweepMs: 70, longestSweepMs: 40 },
      },
      { name: 'hub-2', oldestUnsettledAt: null, day: { refreshes: 1, sweeps: 0 } },
    ]);
    const [first] = runs;
    const waits = (first?.seenAt.getTime() ?? 0) - (first?.oldestUnsettledAt?.getTime() ?? 0);
    expect(waits).toBe(90_000);
    expect(await history.answersRecovered(1)).toBe(4);
  });

  it('knows which process ended in order', async () => {
    const [ends, goesOn] = [process('hub-1'), process('hub-2')];
    await Promise.all([ends.recorder.run(), goesOn.recorder.run()]);
    await ends.recorder.beforeApplicationShutdown();
    expect((await history.runs()).map(({ name, endedAt }) => [name, endedAt !== null])).toEqual([
      ['hub-2', false],
      ['hub-1', true],
    ]);
  });

  it('marks a database that was replaced, and one that was away, once for each outage', async () => {
    const { events, recorder } = process('hub-1');
    events.emit({ type: 'database_replaced' });
    events.emit({ type: 'database_unavailable' });
    events.emit({ type: 'database_unavailable' });
    const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    const query = jest.spyOn(dataSource, 'query').mockRejectedValueOnce(away);
    await recorder.run();
    query.mockRestore();
    await recorder.run();
    await recorder.run();
    const marks = (await history.marks(1)).filter(({ kind }) => kind !== 'deployment');
    expect(marks.map(({ kind }) => kind).sort()).toEqual(['replaced', 'unavailable']);
  });

  it('marks a database that no flush reaches', async () => {
    const { recorder } = process('hub-1');
    const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    const query = jest.spyOn(dataSource, 'query').mockRejectedValueOnce(away);
    await recorder.run();
    query.mockRestore();
    await recorder.run();
    expect((await history.marks(1)).filter(({ kind }) => kind === 'unavailable')).toHaveLength(1);
  });

  it('marks the first process of each version, and not those of the same one', async () => {
    const started = (owner: string, version: string, minutesAgo: number) =>
      dataSource.query(
        `INSERT INTO hub.instance_run VALUES ($1, $1, false, $2, 'M1', now() - make_interval(mins => $3), now(), NULL, true, 0, 0, NULL)`,
        [owner, version, minutesAgo],
      );
    await started('a', '1.0.0', 180);
    await started('b', '1.0.0', 170);
    await started('c', '1.1.0', 50);
    await started('d', '1.1.0', 40);
    await started('e', '1.0.0', 10);
    const versions = (await history.marks(2)).map((mark) => mark.kind === 'deployment' && mark.version);
    expect(versions).toEqual(['1.1.0', '1.0.0']);
  });

  it('is found by the time of what happened, however long it is', async () => {
    await dataSource.query(
      `INSERT INTO hub.instance_tally
       SELECT date_trunc('hour', now(), 'UTC') - make_interval(hours => h), 'hub-' || n, 100, 720, 9000, 50, 0
         FROM generate_series(0, 9599) h, generate_series(1, 4) n`,
    );
    await dataSource.query(
      `INSERT INTO hub.database_mark SELECT now() - make_interval(hours => h), 'hub-1', 'replaced' FROM generate_series(0, 9599) h`,
    );
    await dataSource.query(
      `INSERT INTO hub.instance_run
       SELECT 'hub-' || n, 'hub', false, '1.0.0', 'M1', now() - make_interval(hours => n), now() - make_interval(hours => n - 1),
              NULL, true, 0, 0, NULL
         FROM generate_series(1, 9600) n`,
    );
    await dataSource.query('VACUUM ANALYZE hub.instance_tally, hub.database_mark, hub.instance_run');
    const planOf = async (statement: string, values: unknown[]) =>
      (await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${statement}`, values))
        .map((row) => row['QUERY PLAN'])
        .join('\n');
    expect(await planOf(RUNS, [])).not.toContain('Seq Scan');
    expect(await planOf(RECOVERED, [168])).not.toContain('Seq Scan');
    // Of the processes all are compared with the one before: there are few.
    expect(await planOf(MARKS, [168])).not.toContain('Seq Scan on database_mark');
  });
});
