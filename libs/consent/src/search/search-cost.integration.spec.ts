import { LIVE_STATES } from '../domain/consent-state.js';
import { ManyConsents } from './many-consents.stage.js';
import type { SearchCriteria, SearchPosition } from './search-criteria.js';
import { PLAIN_PLANS, searchStatement, type SearchStatement } from './search-statement.js';

/** A million take a minute or two more to write, and cost no more to search. */
const CONSENTS = 300_000;
/** As many rows as are read for a page of fifty. */
const PAGE = 51;
/** A page that is read row by row takes some hundred; one that is cut from all that matches takes ten thousands. */
const MOST_BLOCKS = 5_000;
const DEEP = 20_000;
const DEEP_ENOUGH = 1_000;
const DAY_MS = 86_400_000;
const daysFromNow = (days: number): Date => new Date(Date.now() + days * DAY_MS);

/** Every family of filters, and how they are usually combined. */
const FILTERS: Record<string, SearchCriteria> = {
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
  'the need for attention': { needsAttention: true },
  'the need for attention and a state': { needsAttention: true, states: ['failed'] },
  'the need for attention, live states and a brand': {
    needsAttention: true,
    states: LIVE_STATES,
    brand: 'banx',
  },
  'the need for attention and a time of creation': { needsAttention: true, createdTo: daysFromNow(-10) },
  'no need for attention': { needsAttention: false },
};

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

  const costOf = async (criteria: SearchCriteria, after?: SearchPosition): Promise<Cost> => {
    const { text, values } = searchStatement(criteria, PAGE, after);
    const explain = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`;
    const [row] = await run<{ 'QUERY PLAN': [{ Plan: Plan }] }>({ text: explain, values });
    if (!row) throw new Error('the statement was not explained');
    const plan = row['QUERY PLAN'][0].Plan;
    return {
      blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
      scannedTables: scannedTables(plan),
    };
  };

  /** Where a deep page begins; undefined where there is none. */
  const deepPosition = async (criteria: SearchCriteria): Promise<SearchPosition | undefined> => {
    const rows = await run<{ id: string; created_at: string }>(searchStatement(criteria, DEEP));
    const before = rows.length < DEEP_ENOUGH ? undefined : rows.at(-PAGE - 1);
    return before && { createdAt: before.created_at, id: before.id };
  };

  describe.each(['admin', 'large', 'middle', 'small'] as const)('as the %s client', (client) => {
    it.each(Object.entries(FILTERS))(
      'by %s scans no table and costs the same however deep it lies',
      async (_by, filters) => {
        const criteria = { ...filters, ...(client !== 'admin' && { openedBy: many.clients[client] }) };
        const first = await costOf(criteria);
        expect(first).toEqual({ blocks: expect.any(Number), scannedTables: [] });
        expect(first.blocks).toBeLessThan(MOST_BLOCKS);
        const position = await deepPosition(criteria);
        if (!position) return;
        const deep = await costOf(criteria, position);
        expect(deep.scannedTables).toEqual([]);
        expect(deep.blocks).toBeLessThanOrEqual(first.blocks * 1.2);
      },
    );
  });
});
