import { BankError, type BankClient } from '@consent-hub/bank-client';
import { AccountLists, CLAIM_DUE_LISTS, CONSENT_ENTITIES, PairRefresh } from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { AccountListingJob } from './account-listing.job.js';
import { AccountListing } from './account-listing.service.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let by: Caller;
let bank: ScriptedBank;
let listing: AccountListing;

/** A hub of its own: what one process does not finish, another finds. */
const newJob = () => new AccountListingJob(new AccountLists(dataSource, given.consents), listing);

class RefreshesAtOnce extends PairRefresh {
  override refresh(id: string): Promise<void> {
    return given.refreshed(id);
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  by = await given.caller();
});
afterAll(() => database.drop());
beforeEach(async () => {
  // What another test has left over is not due in this one.
  await dataSource.query(`UPDATE hub.consent SET accounts_due_at = NULL`);
  bank = new ScriptedBank();
  const lists = new AccountLists(dataSource, given.consents);
  listing = new AccountListing(given.consents, lists, bank, new RefreshesAtOnce(), given.vault);
});

/** As the death of a process between the exchange and the list leaves a consent, some time later. */
async function exchanged(): Promise<string> {
  const id = await given.live(by);
  await becomeDue(id);
  return id;
}
const becomeDue = (id: string) =>
  dataSource.query(`UPDATE hub.consent SET accounts_due_at = now() WHERE id = $1`, [id]);
const listed = async (id: string) =>
  (await given.consents.events(id)).filter(({ type }) => type === 'accounts_listed');
const known = async (id: string) =>
  (await given.consents.accounts(id)).map(({ iban, logicalId }) => ({ iban, logicalId }));
const secondsToNext = async (id: string) => {
  const [row] = await dataSource.query<{ seconds: number | null }[]>(
    `SELECT extract(epoch FROM accounts_due_at - now())::double precision AS seconds FROM hub.consent WHERE id = $1`,
    [id],
  );
  return row?.seconds ?? null;
};

describe('the accounts of an AIS consent', () => {
  it('become due with its first pair, and those of other scopes never', async () => {
    const seconds = await secondsToNext(await given.live(by));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(10);
    expect(await secondsToNext(await given.live(by, { scope: 'PIS' }))).toBeNull();
    const funds = await given.live(by, { scope: 'CAF', iban: 'BE83063154780915' });
    expect(await secondsToNext(funds)).toBeNull();
  });

  it('are listed though the process that exchanged the code died before it could ask', async () => {
    const id = await exchanged();
    await newJob().run();
    expect(await known(id)).toEqual(bank.accounts);
    expect(await listed(id)).toMatchObject([{ actor: 'hub:token-exchange', data: { count: 1 } }]);
    expect(await secondsToNext(id)).toBeNull();
  });

  it('are all listed when one has a logical ID for each of its currencies', async () => {
    const [euro] = bank.accounts;
    if (!euro) throw new Error('no account');
    bank.accounts.push({ ...euro, logicalId: 'logical-dollar' }, { ...euro, iban: 'BE83063154780915' });
    const id = await exchanged();
    const consent = await given.consents.find(id);
    if (!consent) throw new Error('no consent');

    const accounts = await listing.known(consent);

    expect(accounts.map(({ iban, logicalId }) => ({ iban, logicalId }))).toEqual([
      { iban: 'BE68539007547034', logicalId: 'logical-1' },
      { iban: 'BE68539007547034', logicalId: 'logical-dollar' },
      { iban: 'BE83063154780915', logicalId: 'logical-1' },
    ]);
    expect(await listed(id)).toMatchObject([{ data: { count: 3 } }]);
  });

  it('of which a refresh names one have its newer logical ID alone', async () => {
    const [id, other] = [await exchanged(), await exchanged()];
    const account = (consentId: string, iban: string, logicalId: string) => ({ consentId, iban, logicalId });
    const [first, second] = ['BE68539007547034', 'BE83063154780915'];
    await dataSource.transaction((tx) =>
      given.consents.noteAccounts(tx, [
        account(id, first, 'old'),
        account(id, second, 'same'),
        account(other, first, 'theirs'),
      ]),
    );

    await dataSource.transaction((tx) =>
      given.consents.noteAccounts(tx, [account(id, first, 'new'), account(id, second, 'same')]),
    );

    expect(await known(id)).toEqual([
      { iban: first, logicalId: 'new' },
      { iban: second, logicalId: 'same' },
    ]);
    expect(await known(other)).toEqual([{ iban: first, logicalId: 'theirs' }]);
  });

  it('are listed once when several replicas and a reader ask at the same moment', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, exchanged));
    const consents = await Promise.all(ids.map((id) => given.consents.find(id)));
    await Promise.all([
      ...Array.from({ length: 3 }, () => newJob().run()),
      ...consents.map((consent) => consent && listing.known(consent)),
    ]);
    for (const id of ids) {
      expect(await listed(id)).toHaveLength(1);
      expect(await known(id)).toEqual(bank.accounts);
    }
  });

  it('are asked for again when the bank did not answer, at growing distances', async () => {
    const id = await exchanged();
    const ask = jest.spyOn(bank, 'listAccounts');
    ask.mockRejectedValueOnce(new BankError('outcome_unknown'));
    await newJob().run();
    expect(await known(id)).toEqual([]);
    expect(await secondsToNext(id)).toBeGreaterThan(10);
    expect(await secondsToNext(id)).toBeLessThanOrEqual(30);

    await dataSource.query(`UPDATE hub.consent SET activated_at = now() - interval '1 day' WHERE id = $1`, [
      id,
    ]);
    await becomeDue(id);
    ask.mockRejectedValueOnce(new BankError('busy'));
    await newJob().run();
    expect(await secondsToNext(id)).toBeGreaterThan(400);
    expect(await secondsToNext(id)).toBeLessThanOrEqual(900);

    await becomeDue(id);
    await newJob().run();
    expect(ask).toHaveBeenCalledTimes(3);
    expect(await known(id)).toEqual(bank.accounts);
  });

  it('are asked for with the next token when the bank refuses the one at hand', async () => {
    const id = await exchanged();
    const ask = jest
      .spyOn(bank as BankClient, 'listAccounts')
      .mockRejectedValueOnce(new BankError('access_token_refused', { httpStatus: 401 }));
    await newJob().run();
    expect(ask.mock.calls.map(([request]) => request.accessToken.reveal())).toEqual(['access-1', 'access-2']);
    expect(await known(id)).toEqual(bank.accounts);
  });

  it('are not asked for once the consent is over, and an answer that comes then is not kept', async () => {
    const id = await exchanged();
    const ask = jest.spyOn(bank, 'listAccounts').mockImplementationOnce(async () => {
      await dataSource.transaction((tx) =>
        given.consents.move(tx, id, {
          to: 'revoked',
          data: { reason: 'withdrawn_by_tpp' },
          actor: 'hub:test',
        }),
      );
      return bank.accounts;
    });
    await newJob().run();
    await becomeDue(id);
    await newJob().run();
    expect(ask).toHaveBeenCalledTimes(1);
    expect(await known(id)).toEqual([]);
    expect(await listed(id)).toEqual([]);
  });

  it('are told without the bank once they are known, also when there are none', async () => {
    const id = await exchanged();
    bank.accounts.length = 0;
    await newJob().run();
    const ask = jest.spyOn(bank, 'listAccounts');
    const consent = await given.consents.find(id);
    expect(consent && (await listing.known(consent))).toEqual([]);
    expect(ask).not.toHaveBeenCalled();
  });

  it('are found by an index, among those that are due', async () => {
    await dataSource.query(`ANALYZE hub.consent`);
    const plan = await dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL enable_seqscan = off`);
      const rows = await tx.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${CLAIM_DUE_LISTS}`, [20]);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toMatch(
      /Index Scan using consent_accounts_due[^]*Index Cond: \(accounts_due_at <= now\(\)\)/,
    );
  });
});
