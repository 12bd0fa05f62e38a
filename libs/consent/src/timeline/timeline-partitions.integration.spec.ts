import {
  createTestDatabase,
  divideTimelines,
  GivenConsents,
  writeEntry,
  type TestDatabase,
} from '@consent-hub/testing';
import { newId, type Caller } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';
import { CONSENT_ENTITIES } from '../consent.module.js';
import { TimelineVerifier } from '../timeline-verifier.js';
import { TimelinePartitions } from './timeline-partitions.repository.js';

/** The last of them may have ended less than a day ago, on the first of a month. */
const PAST = 4;
const DAY_SECONDS = 86_400;

let database: TestDatabase;
let dataSource: DataSource;
let partitions: TimelinePartitions;
let verifier: TimelineVerifier;
let given: GivenConsents;
let owner: Caller;
/** Those that have ended, and this one. */
let months: string[];

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  partitions = new TimelinePartitions(dataSource);
  verifier = new TimelineVerifier(dataSource);
  owner = await given.caller();
  months = await divideTimelines(dataSource, PAST);
});
afterEach(() => database.drop());

/** A timeline with entries in these months, the next entry of which would be this month's. */
async function writtenIn(...written: string[]): Promise<string> {
  const id = await consentWithoutTimeline();
  for (const month of written) await writeEntry(dataSource, id, month);
  return id;
}

/** The row of a consent alone: its first entry is still to be written. */
async function consentWithoutTimeline(): Promise<string> {
  const id = await given.live(owner);
  await dataSource.transaction(async (tx) => {
    await tx.query(`SET LOCAL session_replication_role = replica`);
    await tx.query(`DELETE FROM hub.consent_event WHERE consent_id = $1`, [id]);
    await tx.query(`DELETE FROM hub.consent_timeline WHERE consent_id = $1`, [id]);
  });
  return id;
}

const partitionsOf = async (id: string): Promise<string[]> => {
  const rows = await dataSource.query<{ part: string }[]>(
    `SELECT tableoid::regclass::text AS part FROM hub.consent_event WHERE consent_id = $1 ORDER BY seq`,
    [id],
  );
  return rows.map(({ part }) => part.replace('hub.', ''));
};

const partitionOf = (month: string | undefined): string => `consent_event_${month?.replace('-', '_')}`;

async function drop(month: string | undefined): Promise<void> {
  const name = partitionOf(month);
  while ((await partitions.storeBases(name, 2)) > 0);
  await partitions.drop(name);
}

/** As a superuser of the database can. */
const tamper = (sql: string, values: unknown[]): Promise<unknown> =>
  dataSource.transaction(async (tx) => {
    await tx.query(`SET LOCAL session_replication_role = replica`);
    await tx.query(sql, values);
  });

describe('the partitions of timelines', () => {
  it('take each entry by its month, chained over all of them', async () => {
    const id = await writtenIn(...months);
    expect(await partitionsOf(id)).toEqual(months.map(partitionOf));
    expect(await verifier.one(id)).toEqual({ consents: 1, entries: 5, broken: [], next: null });
  });

  it('are made for this month and two more, once, however many ask at the same time', async () => {
    const added = await Promise.all(Array.from({ length: 4 }, () => partitions.addAhead()));
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(await partitions.addAhead()).toBe(0);
    const { aheadSeconds, hasUnpartitioned } = await partitions.look(0);
    expect(aheadSeconds).toBeGreaterThan(58 * DAY_SECONDS);
    expect(hasUnpartitioned).toBe(false);
    expect(partitions.warnings()).toEqual([]);
  });

  it('are missed: entries are taken all the same, a warning says so, and once they are made nothing is lost', async () => {
    await dataSource.query(`DROP TABLE hub.${partitionOf(months.at(-1))}`);
    await dataSource.query(`DELETE FROM hub.timeline_partition WHERE name = $1`, [
      partitionOf(months.at(-1)),
    ]);
    const id = await given.live(owner);
    expect(new Set(await partitionsOf(id))).toEqual(new Set(['consent_event_default']));
    await partitions.look(0);
    expect(partitions.warnings()).toEqual([
      'Entries of timelines lie in the default partition, since their month had none.',
      'Timelines have partitions for 0 days only.',
    ]);
    expect(await partitions.addAhead()).toBe(3);
    expect(new Set(await partitionsOf(id))).toEqual(new Set([partitionOf(months.at(-1))]));
    expect(await verifier.one(id)).toMatchObject({ broken: [] });
    await partitions.look(0);
    expect(partitions.warnings()).toEqual([]);
    const triggers = await dataSource.query<{ state: string }[]>(
      `SELECT tgenabled AS state FROM pg_trigger WHERE tgrelid = 'hub.consent_event_default'::regclass AND NOT tgisinternal`,
    );
    expect(new Set(triggers.map(({ state }) => state))).toEqual(new Set(['O']));
  });

  it.each(['UPDATE hub.%s SET actor = $$x$$', 'DELETE FROM hub.%s', 'TRUNCATE hub.%s'])(
    'refuse what timelines refuse: %s',
    async (statement) => {
      await writtenIn(...months);
      const named = statement.replace('%s', partitionOf(months[0]));
      await expect(dataSource.query(named)).rejects.toThrow('append-only');
    },
  );

  it('are read in the order of positions by their indexes, with no sort, however many there are', async () => {
    const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(
      `EXPLAIN SELECT * FROM hub.consent_event WHERE position > 5 AND position <= 900 ORDER BY position LIMIT 100`,
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('Merge Append');
    expect(text).toContain(`${partitionOf(months[0])}_position`);
    expect(text).not.toMatch(/Seq Scan|Sort {2}\(/);
  });
});

describe('a month of timelines that is dropped', () => {
  it('leaves chains that verify from where it ended, of consents with later entries and of those without', async () => {
    const lasting = await writtenIn(...months);
    const ended = await writtenIn(...months.slice(0, 1));
    const later = await writtenIn(...months.slice(2));
    for (const month of months.slice(0, 2)) await drop(month);
    expect(await partitionsOf(lasting)).toEqual(months.slice(2).map(partitionOf));
    expect(await verifier.page(1000)).toEqual({ consents: 3, entries: 6, broken: [], next: null });
    for (const id of [lasting, ended, later]) expect(await verifier.one(id)).toMatchObject({ broken: [] });
    await writeEntry(dataSource, ended, months.at(-1) ?? '');
    expect(await verifier.one(ended)).toMatchObject({ entries: 1, broken: [] });
  });

  it.each<[string, string, number, string]>([
    [
      'the next entry was taken out',
      'DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq = 3',
      3,
      'missing',
    ],
    [
      'the next entry was written anew with a right hash',
      `UPDATE hub.consent_event e
          SET previous_hash = sha256('x'), hash = hub.consent_event_hash(jsonb_populate_record(e, '{"previous_hash": "\\\\x2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}'))
        WHERE consent_id = $1 AND seq = 3`,
      3,
      'unlinked',
    ],
    [
      'the base was changed',
      `UPDATE hub.timeline_base SET hash = sha256('x') WHERE consent_id = $1`,
      3,
      'unlinked',
    ],
    ['the base was removed', 'DELETE FROM hub.timeline_base WHERE consent_id = $1', 1, 'missing'],
    ['the rest was cut off', 'DELETE FROM hub.consent_event WHERE consent_id = $1', 3, 'cut_off'],
  ])('lets a chain be found broken when %s', async (_what, sql, seq, fault) => {
    const id = await writtenIn(...months);
    const untouched = await writtenIn(...months);
    for (const month of months.slice(0, 2)) await drop(month);
    await tamper(sql, [id]);
    expect(await verifier.one(id)).toMatchObject({ broken: [{ consentId: id, seq, fault }] });
    expect(await verifier.one(untouched)).toMatchObject({ broken: [] });
  });

  it('continues where it was interrupted, and is dropped only once all ends are stored', async () => {
    for (let consent = 0; consent < 5; consent++) await writtenIn(months[0] ?? '');
    const name = partitionOf(months[0]);
    expect(await partitions.storeBases(name, 3)).toBe(3);
    await expect(partitions.drop(name)).rejects.toThrow('not stored');
    expect(await partitions.storeBases(name, 3)).toBe(2);
    expect(await partitions.storeBases(name, 3)).toBe(0);
    await partitions.drop(name);
    expect(await verifier.page(1000)).toMatchObject({ consents: 5, entries: 0, broken: [] });
  });

  it('is the oldest one, and over', async () => {
    await expect(partitions.storeBases(partitionOf(months[1]), 1)).rejects.toThrow(
      'not the oldest partition',
    );
    for (const month of months.slice(0, PAST)) await dataSource.query(`DROP TABLE hub.${partitionOf(month)}`);
    await dataSource.query(`DELETE FROM hub.timeline_partition WHERE name <> $1`, [
      partitionOf(months[PAST]),
    ]);
    await expect(partitions.storeBases(partitionOf(months[PAST]), 1)).rejects.toThrow('months are not over');
    await expect(partitions.storeBases('consent', 1)).rejects.toThrow('not the oldest partition');
  });

  it('may hold an entry that a later month has an earlier one of, by a clock that was set back', async () => {
    const id = await writtenIn(months[0] ?? '', months[2] ?? '', months[1] ?? '', months[3] ?? '');
    expect(await verifier.one(id)).toMatchObject({ entries: 4, broken: [] });
    for (const month of months.slice(0, 2)) await drop(month);
    expect(await verifier.one(id)).toMatchObject({ entries: 2, broken: [] });
    await drop(months[2]);
    expect(await verifier.one(id)).toMatchObject({ entries: 1, broken: [] });
  });

  it('is past its retention once so many whole months came after it', async () => {
    await writtenIn(...months);
    expect(await partitions.look(PAST + 1)).toMatchObject({ pastRetention: 0 });
    expect(await partitions.look(1)).toMatchObject({ pastRetention: PAST - 1 });
    expect(await partitions.look(0)).toMatchObject({ pastRetention: 0 });
    expect(await partitions.oldest(PAST)).toMatchObject({ lastMonth: months[0], isPastRetention: false });
    expect(await partitions.oldest(PAST - 1)).toMatchObject({ lastMonth: months[0], isPastRetention: true });
    expect(await partitions.months(months[1] ?? '')).toEqual(
      months.slice(0, 2).map((month) => ({ month, entries: 1, exported: null })),
    );
  });

  it('is no timeline that there is none of', async () => {
    await expect(verifier.one(newId())).rejects.toMatchObject({ code: 'consent_not_found' });
  });
});
