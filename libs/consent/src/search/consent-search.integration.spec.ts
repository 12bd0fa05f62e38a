import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { newId, newRequestId, type Caller } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';
import { CONSENT_ENTITIES } from '../consent.module.js';
import type { NewConsent } from '../transitions/consent.repository.js';
import { ConsentSearch } from './consent-search.js';
import type { SearchCriteria } from './search-criteria.js';

const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let search: ConsentSearch;
let owner: Caller;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  search = new ConsentSearch(dataSource);
  owner = await given.caller();
});
afterEach(() => database.drop());

const idsOf = async (criteria: SearchCriteria): Promise<string[]> =>
  (await search.page(criteria, 50)).items.map(({ consent }) => consent.id);
const failed = async (wanted: Partial<NewConsent> = {}): Promise<string> => {
  const id = await given.live(owner, wanted);
  await dataSource.transaction((tx) =>
    given.consents.move(tx, id, { to: 'failed', data: { reason: 'rotation_lost' }, actor: 'hub:test' }),
  );
  return id;
};
const change = (id: string, columns: string, ...values: unknown[]): Promise<unknown> =>
  dataSource.query(`UPDATE hub.consent SET ${columns} WHERE id = $1`, [id, ...values]);
const request = (
  id: string,
  status: string,
  leaseSeconds: number,
  answer: Buffer | null = null,
): Promise<unknown> =>
  dataSource.query(
    `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
            lease_ends_at, raw_answer)
     VALUES ($1, $2, 'belfius', 'refresh_token', $3, 1, $4, 'test', now() + make_interval(secs => $5), $6)`,
    [newId(), id, status, newRequestId(), leaseSeconds, answer],
  );

describe('searching consents', () => {
  it('finds by each filter what meets it, and nothing else', async () => {
    const other = await given.caller();
    const live = await given.live(owner, { psuRef: 'anna', scope: 'AIS' });
    const waiting = (await given.opened(owner, { psuRef: 'anna', scope: 'PIS', brand: 'banx' })).id;
    const funds = await given.live(other, { psuRef: 'ben', scope: 'CAF', iban: 'BE68539007547034' });
    await dataSource.transaction((tx) =>
      given.consents.replaceAccounts(tx, live, [
        { iban: 'BE83063154780915', logicalId: 'l-euro' },
        { iban: 'BE83063154780915', logicalId: 'l-dollar' },
      ]),
    );
    await change(waiting, `created_at = created_at - interval '10 days'`);
    await change(funds, `consent_expires_at = now() + interval '400 days'`);

    expect(await idsOf({})).toEqual([funds, live, waiting]);
    expect(await idsOf({ openedBy: owner.id })).toEqual([live, waiting]);
    expect(await idsOf({ states: ['active'] })).toEqual([funds, live]);
    expect(await idsOf({ states: ['initiated', 'failed'] })).toEqual([waiting]);
    expect(await idsOf({ scope: 'PIS' })).toEqual([waiting]);
    expect(await idsOf({ brand: 'belfius' })).toEqual([funds, live]);
    expect(await idsOf({ brand: 'belfius', openedBy: owner.id })).toEqual([live]);
    expect(await idsOf({ psuRef: 'anna' })).toEqual([live, waiting]);
    expect(await idsOf({ psuRef: 'anna', states: ['active'], scope: 'AIS', brand: 'belfius' })).toEqual([
      live,
    ]);
    expect(await idsOf({ psuRef: 'anna', openedBy: other.id })).toEqual([]);
    expect(await idsOf({ iban: 'BE68539007547034' })).toEqual([funds]);
    expect(await idsOf({ iban: 'BE83063154780915' })).toEqual([live]);
    expect(await idsOf({ iban: 'BE83063154780915', states: ['revoked'] })).toEqual([]);
    expect(await idsOf({ createdFrom: inDays(-1) })).toEqual([funds, live]);
    expect(await idsOf({ createdTo: inDays(-1) })).toEqual([waiting]);
    expect(await idsOf({ createdFrom: inDays(-11), createdTo: inDays(-9), states: ['initiated'] })).toEqual([
      waiting,
    ]);
    expect(await idsOf({ expiresBefore: inDays(181) })).toEqual([live]);
    expect(await idsOf({ expiresBefore: inDays(500), states: ['active', 'refreshed'] })).toEqual([
      funds,
      live,
    ]);
    expect(await idsOf({ expiresBefore: inDays(500), states: ['refreshed'] })).toEqual([]);
    expect(await idsOf({ expiresBefore: inDays(500), states: ['revoked'] })).toEqual([]);
    expect(await idsOf({ expiresBefore: inDays(500), scope: 'CAF', openedBy: other.id })).toEqual([funds]);
  });

  it('shows each consent once, over pages of any size, though others are opened between the pages', async () => {
    const made: string[] = [];
    for (let count = 0; count < 7; count++) made.unshift((await given.opened(owner)).id);
    // All have the same microsecond, like consents of one transaction: the id decides.
    await dataSource.query(`UPDATE hub.consent SET created_at = (SELECT min(created_at) FROM hub.consent)`);
    const seen: string[] = [];
    for (let after = null, pages = 0; pages === 0 || after; pages++) {
      const page = await search.page({ openedBy: owner.id }, 3, after ?? undefined);
      seen.push(...page.items.map(({ consent }) => consent.id));
      after = page.next;
      await given.opened(owner);
    }
    expect(seen).toEqual(made);
  });

  it('says at the last page that it is the last, also when it is full', async () => {
    for (let count = 0; count < 4; count++) await given.opened(owner);
    expect((await search.page({}, 3)).next).not.toBeNull();
    expect((await search.page({}, 4)).next).toBeNull();
  });

  it('shows the generation of the pair', async () => {
    const id = await given.live(owner);
    await given.refreshed(id);
    const { items } = await search.page({ states: ['refreshed'] }, 10);
    expect(items).toMatchObject([{ consent: { id, tokenPair: { generation: 2 } }, attention: [] }]);
  });
});

describe('consents that need attention', () => {
  const attention = async (): Promise<Record<string, readonly string[]>> => {
    const { items } = await search.page({ needsAttention: true }, 50);
    return Object.fromEntries(items.map(({ consent, attention: reasons }) => [consent.id, reasons]));
  };

  it('are those in doubt, with a kept answer, failed, expiring or with refused accounts, and say which', async () => {
    const [doubtful, abandoned, underWay, kept, expiring, refused, well] = (await Promise.all(
      Array.from({ length: 7 }, () => given.live(owner)),
    )) as [string, string, string, string, string, string, string];
    await request(doubtful, 'in_doubt', 60);
    await request(abandoned, 'sent', -1);
    await request(underWay, 'sent', 60);
    await request(kept, 'received', -1, Buffer.from('sealed'));
    await change(expiring, `consent_expires_at = now() + interval '13 days'`);
    await change(kept, `consent_expires_at = now() + interval '1 hour'`);
    await change(refused, `accounts_refused_at = now()`);
    const lost = await failed();
    expect(await attention()).toEqual({
      [doubtful]: ['in_doubt'],
      [abandoned]: ['in_doubt'],
      [kept]: ['answer_unreadable', 'expiring'],
      [expiring]: ['expiring'],
      [lost]: ['failed'],
      [refused]: ['accounts_refused'],
    });
    expect((await idsOf({ needsAttention: false })).sort()).toEqual([underWay, well].sort());
    expect(await idsOf({ needsAttention: true, states: ['failed'] })).toEqual([lost]);
    expect(await idsOf({ needsAttention: true, psuRef: 'unknown' })).toEqual([]);
    expect(await idsOf({ needsAttention: true, openedBy: newId() })).toEqual([]);
  });

  it('are in the requested order, with each way of finding them', async () => {
    const [expiring, refused] = [await given.live(owner), await given.live(owner)];
    await change(expiring, `consent_expires_at = now() + interval '13 days'`);
    await change(refused, `accounts_refused_at = now()`);
    expect(await idsOf({ needsAttention: true })).toEqual([refused, expiring]);
    expect(await idsOf({ needsAttention: true, order: 'consent_expires_at' })).toEqual([expiring, refused]);
    expect((await search.page({ needsAttention: true }, 1, undefined, true)).count).toMatchObject({
      count: 2,
    });
  });

  it('are no longer those that ended, for every result of their calls', async () => {
    const revoked = await given.live(owner);
    await request(revoked, 'in_doubt', -1);
    await change(revoked, `accounts_refused_at = now()`);
    await dataSource.transaction((tx) =>
      given.consents.move(tx, revoked, {
        to: 'revoked',
        data: { reason: 'withdrawn_by_tpp' },
        actor: 'hub:test',
      }),
    );
    expect(await attention()).toEqual({});
  });

  it('are no longer those that failed long ago, or that a newer consent has replaced', async () => {
    const old = await failed({ psuRef: 'old' });
    await change(old, `ended_at = now() - interval '31 days'`);
    await failed({ psuRef: 'replaced' });
    await given.live(owner, { psuRef: 'replaced' });
    await failed({ psuRef: 'on-its-way' });
    await given.opened(owner, { psuRef: 'on-its-way' });
    const refused = await failed({ psuRef: 'backed-out' });
    const { id } = await given.opened(owner, { psuRef: 'backed-out' });
    await dataSource.transaction((tx) =>
      given.consents.move(tx, id, { to: 'rejected', data: { reason: 'psu_refused' }, actor: 'psu' }),
    );
    await failed({ psuRef: 'twice' });
    const second = await failed({ psuRef: 'twice' });
    expect(await attention()).toEqual({ [second]: ['failed'], [refused]: ['failed'] });
  });
});
