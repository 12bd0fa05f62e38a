import { LIVE_STATES, LIVE_STATES_SQL } from '../domain/consent-state.js';
import { ManyConsents } from '../../testing/many-consents.harness.js';
import { ExpiryHorizonQuery, HORIZON, HORIZON_DAYS, HORIZON_VALUES } from './expiry-horizon.query.js';
import type { SearchCriteria, SearchPosition } from './search-criteria.js';
import { PLAIN_PLANS } from './search-access.js';
import { countStatement, searchStatement, type SearchStatement } from './search-statement.js';

/** A million take a minute or two more to write, and cost no more to search. */
const CONSENTS = 300_000;
/** As many rows as are read for a page of fifty. */
const PAGE = 51;
/** A page that is read row by row takes some hundred; one that is cut from all that matches takes ten thousands. */
const MOST_BLOCKS = 5_000;
/** Whether a failure needs attention is asked of each of the last 30 days, where the order is not that of creation. */
const MOST_BLOCKS_OF_FAILURES = 50_000;
/** A page of each day on which a consent may have been used last, each row with its consent: at worst of 400 days. */
const MOST_BLOCKS_OF_USES = 100_000;
/** Ten thousand are counted, each with the blocks that its check reads. */
const MOST_BLOCKS_COUNTED = 100_000;
/** Where the first page is in few blocks, chance decides how many more blocks the next one needs. */
const CHANCE_BLOCKS = 250;
const DEEP = 20_000;
const DEEP_ENOUGH = 1_000;
const DAY_MS = 86_400_000;
const daysFromNow = (days: number): Date => new Date(Date.now() + days * DAY_MS);

/** Every family of filters, and how they are usually combined. */
const FILTERS = {
  nothing: {},
  'a state': { states: ['failed'] },
  'a rare state': { states: ['authorized'] },
  'several states': { states: ['active', 'refreshed', 'failed'] },
  'a scope': { scope: 'CAF' },
  'a brand': { brand: 'banx' },
  'scope, brand and state': { scope: 'PIS', brand: 'belfius', states: ['refreshed'] },
  'a person': { psuRef: 'person-33333' },
  'a person and a state': { psuRef: 'person-33333', states: ['expired'] },
  'an IBAN': { iban: 'BE00000000007777' },
  'a time of creation': { createdFrom: daysFromNow(-200), createdTo: daysFromNow(-100) },
  'a time of creation and a state': { createdTo: daysFromNow(-100), states: ['revoked'] },
  'an end of validity': { expiresBefore: daysFromNow(30) },
  'an end of validity and live states': { expiresBefore: daysFromNow(60), states: LIVE_STATES },
  'an end of validity, live states and a brand': {
    expiresBefore: daysFromNow(60),
    states: LIVE_STATES,
    brand: 'banx',
  },
  'an end of validity from a day on': { expiresFrom: daysFromNow(100) },
  'an end of validity that no consent has': { expiresFrom: daysFromNow(4000) },
  'two ends of validity and live states': {
    expiresFrom: daysFromNow(20),
    expiresBefore: daysFromNow(30),
    states: LIVE_STATES,
  },
  'no use': { isUnread: true },
  'no use, and live states': { isUnread: true, states: LIVE_STATES },
  'a last use of late': { usedFrom: daysFromNow(-7) },
  'a last use of late, and a brand': { usedFrom: daysFromNow(-7), brand: 'banx' },
  'a last use long ago, and live states': { usedTo: daysFromNow(-60), states: LIVE_STATES },
  'the need for attention': { needsAttention: true },
  'the need for attention and a state': { needsAttention: true, states: ['failed'] },
  'the need for attention, live states and a brand': {
    needsAttention: true,
    states: LIVE_STATES,
    brand: 'banx',
  },
  'the need for attention and a time of creation': { needsAttention: true, createdTo: daysFromNow(-10) },
  'the need for attention after a failure': { needsAttention: true, attentionReasons: ['failed'] },
  'the need for attention before the end': { needsAttention: true, attentionReasons: ['expiring'] },
  'the need for attention, a doubt': { needsAttention: true, attentionReasons: ['in_doubt'] },
  'no need for attention': { needsAttention: false },
  'a night in which it ended': { endedFrom: daysFromNow(-40.5), endedTo: daysFromNow(-40) },
  'a night in which it failed': {
    states: ['failed'],
    endedFrom: daysFromNow(-40.5),
    endedTo: daysFromNow(-40),
  },
  'a long time in which it ended': { endedFrom: daysFromNow(-300), endedTo: daysFromNow(-200) },
  'a long time in which it failed for a reason': {
    states: ['failed'],
    stateReason: 'rotation_lost',
    endedFrom: daysFromNow(-300),
  },
  'a time before which it ended, and a brand': { endedTo: daysFromNow(-250), brand: 'banx' },
  'a common reason': { stateReason: 'validity_ended' },
  'a rare reason': { stateReason: 'exchange_lost' },
  'a reason that is rare in one state and common in another': { stateReason: 'withdrawn_by_tpp' },
  'a reason, a scope and a brand': { stateReason: 'replaced', scope: 'AIS', brand: 'belfius' },
  'a reason and an end of validity': { stateReason: 'validity_ended', expiresBefore: daysFromNow(-30) },
  'a day of creation': { createdFrom: daysFromNow(-200), createdTo: daysFromNow(-199) },
} as const satisfies Record<string, SearchCriteria>;

/** Filters whose cost depends on the order. */
const IN_ANOTHER_ORDER = [
  'nothing',
  'a state',
  'several states',
  'a brand',
  'a person',
  'a time of creation',
  'a day of creation',
  'an end of validity and live states',
  'the need for attention',
  'no need for attention',
  'a night in which it failed',
  'a long time in which it failed for a reason',
  'a common reason',
  'a rare reason',
] as const satisfies readonly (keyof typeof FILTERS)[];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

const scannedTables = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? '?'] : []),
  ...(plan.Plans ?? []).flatMap(scannedTables),
];

interface Cost {
  readonly blocks: number;
  readonly scannedTables: readonly string[];
}

describe('a page of a search among very many consents', () => {
  jest.setTimeout(300_000);
  let many: ManyConsents;
  beforeAll(async () => {
    many = await ManyConsents.create(CONSENTS);
  });
  afterAll(() => many.database.drop());

  const run = <T>({ text, values }: SearchStatement): Promise<T[]> =>
    many.dataSource.transaction(async (tx) => {
      await tx.query(PLAIN_PLANS);
      return tx.query<T[]>(text, [...values]);
    });

  const explained = async ({ text, values }: SearchStatement): Promise<Cost> => {
    const explain = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`;
    const [row] = await run<{ 'QUERY PLAN': [{ Plan: Plan }] }>({ text: explain, values });
    if (!row) throw new Error('the statement was not explained');
    const plan = row['QUERY PLAN'][0].Plan;
    return {
      blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
      scannedTables: scannedTables(plan),
    };
  };
  const costOf = (criteria: SearchCriteria, after?: SearchPosition): Promise<Cost> =>
    explained(searchStatement(criteria, PAGE, after));

  /** Where a deep page begins; undefined where there is none. */
  const deepPosition = async (criteria: SearchCriteria): Promise<SearchPosition | undefined> => {
    const rows = await run<{ id: string; at: string }>(searchStatement(criteria, DEEP));
    const before = rows.length < DEEP_ENOUGH ? undefined : rows.at(-PAGE - 1);
    return before && { at: before.at, id: before.id };
  };

  const expectCheap = async (criteria: SearchCriteria): Promise<void> => {
    const first = await costOf(criteria);
    expect(first).toEqual({ blocks: expect.any(Number), scannedTables: [] });
    const asksOfFailures = criteria.needsAttention !== undefined && criteria.order !== undefined;
    const asksOfUses = (criteria.usedFrom ?? criteria.usedTo) !== undefined;
    const most = asksOfUses ? MOST_BLOCKS_OF_USES : asksOfFailures ? MOST_BLOCKS_OF_FAILURES : MOST_BLOCKS;
    expect(first.blocks).toBeLessThan(most);
    const position = await deepPosition(criteria);
    if (!position) return;
    const deep = await costOf(criteria, position);
    expect(deep.scannedTables).toEqual([]);
    expect(deep.blocks).toBeLessThanOrEqual(
      asksOfFailures || asksOfUses ? most : first.blocks * 1.2 + CHANCE_BLOCKS,
    );
  };
  const ofClient = (client: keyof typeof many.clients | 'admin'): SearchCriteria =>
    client === 'admin' ? {} : { openedBy: many.clients[client] };

  describe.each(['admin', 'large', 'middle', 'small'] as const)('as the %s client', (client) => {
    it.each(Object.entries(FILTERS))(
      'by %s scans no table and costs the same for every page',
      (_by, filters) => expectCheap({ ...filters, ...ofClient(client) }),
    );
  });

  describe.each(['admin', 'middle'] as const)('in another order, as the %s client', (client) => {
    const combinations = (['ended_at', 'consent_expires_at'] as const).flatMap((order) =>
      IN_ANOTHER_ORDER.map((by) => [order, by] as const),
    );
    it.each(combinations)('%s, by %s scans no table and costs the same for every page', (order, by) =>
      expectCheap({ ...FILTERS[by], ...ofClient(client), order }),
    );
  });

  it('has its ends counted by day from an index alone', async () => {
    const cost = await explained({ text: HORIZON, values: HORIZON_VALUES });
    expect(cost.scannedTables).toEqual([]);
    expect(cost.blocks).toBeLessThan(MOST_BLOCKS_COUNTED);
    const { days } = await new ExpiryHorizonQuery(many.dataSource).read();
    const counted = await many.dataSource.query<{ day: string; brand: string; count: number }[]>(
      `SELECT to_char(consent_expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, brand, count(*)::int AS count FROM hub.consent
        WHERE state IN (${LIVE_STATES_SQL}) AND consent_expires_at >= date_trunc('day', now(), 'UTC')
          AND consent_expires_at < date_trunc('day', now(), 'UTC') + interval '${HORIZON_DAYS} days' GROUP BY day, brand`,
    );
    expect(counted.length).toBeGreaterThan(100);
    expect(new Set(days.map((day) => JSON.stringify(day)))).toEqual(
      new Set(counted.map(({ day, brand, count }) => JSON.stringify({ day, brand, count }))),
    );
  });

  it.each(Object.entries(FILTERS))(
    'counted by %s scans no table and stops where it may',
    async (_by, filters) => {
      const cost = await explained(countStatement(filters, 10_001));
      expect(cost.scannedTables).toEqual([]);
      expect(cost.blocks).toBeLessThan(MOST_BLOCKS_COUNTED);
    },
  );
});
