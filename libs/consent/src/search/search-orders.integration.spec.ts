import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { Caller } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';
import { CONSENT_ENTITIES } from '../consent.module.js';
import { ConsentSearch } from './consent-search.js';
import { SEARCH_ORDERS, type SearchCriteria } from './search-criteria.js';

const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let search: ConsentSearch;
let owner: Caller;

/** What the tests below search: named after how it ended, or did not. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  search = new ConsentSearch(dataSource);
  owner = await given.caller();
  const other = await given.caller();
  // In order of creation.
  ids['waiting'] = (await given.opened(owner)).id;
  ids['lost'] = await given.live(owner, { psuRef: 'anna' });
  ids['refused'] = await given.live(other, { scope: 'PIS' });
  ids['withdrawn'] = await given.live(owner);
  ids['live'] = await given.live(owner, { psuRef: 'ben' });
  ids['successor'] = await given.live(owner, { psuRef: 'anna-2' });
  await dataSource.query(`UPDATE hub.consent SET created_at = created_at - interval '70 days'`);
  await end('lost', 'failed', 'rotation_lost', { age: 2, left: 178 });
  await end('refused', 'failed', 'refresh_refused', { age: 50, left: 100 });
  await end('withdrawn', 'revoked', 'withdrawn_at_bank', { age: 1, left: 20 });
  // The person has given a newer consent since.
  await dataSource.query(`UPDATE hub.consent SET psu_ref = 'anna' WHERE id = $1`, [ids['successor']]);
  await dataSource.query(`UPDATE hub.consent SET consent_expires_at = $2 WHERE id = $1`, [
    ids['live'],
    inDays(10),
  ]);
});
afterAll(() => database.drop());

async function end(
  name: string,
  to: 'failed' | 'revoked',
  reason: string,
  { age, left }: { age: number; left: number },
): Promise<void> {
  await dataSource.query(
    `UPDATE hub.consent SET state = $2, state_reason = $3, ended_at = $4, consent_expires_at = $5 WHERE id = $1`,
    [ids[name], to, reason, inDays(-age), inDays(left)],
  );
}

const namesOf = async (criteria: SearchCriteria): Promise<string[]> => {
  const { items } = await search.page(criteria, 50);
  return items.map(({ consent }) => Object.keys(ids).find((name) => ids[name] === consent.id) ?? consent.id);
};

describe('the orders of a search', () => {
  it('show the newest, the latest ended, and the soonest to expire first', async () => {
    expect(await namesOf({ order: 'created_at' })).toEqual(await namesOf({}));
    expect(await namesOf({})).toEqual(['successor', 'live', 'withdrawn', 'refused', 'lost', 'waiting']);
    expect(await namesOf({ order: 'ended_at' })).toEqual(['withdrawn', 'lost', 'refused']);
    expect(await namesOf({ order: 'consent_expires_at' })).toEqual([
      ...['live', 'withdrawn', 'refused', 'lost', 'successor'],
    ]);
    expect(await namesOf({ order: 'consent_expires_at', states: ['active'] })).toEqual(['live', 'successor']);
    expect(await namesOf({ order: 'consent_expires_at', expiresBefore: inDays(90) })).toEqual([
      ...['live', 'withdrawn'],
    ]);
    expect(await namesOf({ order: 'ended_at', states: ['active', 'initiated'] })).toEqual([]);
    expect(await namesOf({ order: 'ended_at', psuRef: 'anna' })).toEqual(['lost']);
  });

  it.each(SEARCH_ORDERS)(
    'show each consent once, over pages of any size, in the order of %s',
    async (order) => {
      for (const filters of [
        {},
        { needsAttention: false },
        { needsAttention: true },
        { endedFrom: inDays(-60) },
        { endedFrom: inDays(-20), endedTo: inDays(0) },
        { createdFrom: inDays(-71) },
        { createdFrom: inDays(-170), createdTo: inDays(-1) },
        { states: ['failed', 'revoked'] as const },
        { openedBy: owner.id },
      ]) {
        const criteria: SearchCriteria = { ...filters, order };
        const all = (await search.page(criteria, 50)).items.map(({ consent }) => consent.id);
        const seen: string[] = [];
        for (let after = null, pages = 0; pages === 0 || after; pages++) {
          const page = await search.page(criteria, 1, after ?? undefined);
          seen.push(...page.items.map(({ consent }) => consent.id));
          after = page.next;
        }
        expect(seen).toEqual(all);
        expect((await search.page(criteria, 1, undefined, true)).count).toEqual({
          count: all.length,
          isExact: true,
        });
      }
    },
  );

  it.each(SEARCH_ORDERS)(
    'find the same by when and why consents ended, in the order of %s',
    async (order) => {
      const found = async (criteria: SearchCriteria) => (await namesOf({ ...criteria, order })).sort();
      expect(await found({ endedFrom: inDays(-3) })).toEqual(['lost', 'withdrawn']);
      expect(await found({ endedTo: inDays(-1.5) })).toEqual(['lost', 'refused']);
      expect(await found({ endedFrom: inDays(-60), endedTo: inDays(-1.5) })).toEqual(['lost', 'refused']);
      // A consent that another one of the person has replaced since has failed all the same.
      expect(await found({ states: ['failed'], endedFrom: inDays(-3), endedTo: inDays(-1) })).toEqual([
        'lost',
      ]);
      expect(await found({ stateReason: 'refresh_refused' })).toEqual(['refused']);
      expect(await found({ stateReason: 'refresh_refused', states: ['revoked'] })).toEqual([]);
      expect(await found({ stateReason: 'withdrawn_at_bank', endedFrom: inDays(-3) })).toEqual(['withdrawn']);
      expect(await found({ stateReason: 'rotation_lost', openedBy: owner.id, scope: 'AIS' })).toEqual([
        'lost',
      ]);
      expect(await found({ needsAttention: true, endedFrom: inDays(-60) })).toEqual([]);
      expect(await found({ stateReason: 'rotation_lost', psuRef: 'anna' })).toEqual(['lost']);
      expect(await found({ endedFrom: inDays(-3), expiresBefore: inDays(30) })).toEqual(['withdrawn']);
      expect(await found({ createdFrom: inDays(-71), createdTo: inDays(-69), scope: 'PIS' })).toEqual([
        'refused',
      ]);
    },
  );
});

describe('the count of a search', () => {
  it('is exact up to ten thousand, and says where there are more', async () => {
    const person = { psuRef: 'many' };
    const fill = (count: number) =>
      dataSource.query(
        `INSERT INTO hub.consent (id, brand, scope, psu_ref, state, state_reason, opened_by, redirect_uri, ended_at)
         SELECT gen_random_uuid(), 'banx', 'AIS', 'many', 'rejected', 'psu_refused', $1, 'https://hub.example/', now()
           FROM generate_series(1, $2)`,
        [owner.id, count],
      );
    await fill(10_000);
    const countOf = async (criteria: SearchCriteria) =>
      (await search.page(criteria, 1, undefined, true)).count;
    const rejected: SearchCriteria = { states: ['rejected'], endedFrom: inDays(-1) };
    for (const criteria of [person, rejected])
      expect(await countOf(criteria)).toEqual({ count: 10_000, isExact: true });
    await fill(1);
    for (const criteria of [person, rejected, {}, { order: 'ended_at' } as const])
      expect(await countOf(criteria)).toEqual({ count: 10_000, isExact: false });
    expect((await search.page(person, 1)).count).toBeNull();
  });
});
