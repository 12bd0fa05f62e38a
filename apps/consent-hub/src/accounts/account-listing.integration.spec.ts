import { BankError, type BankClient, type BankErrorCode } from '@consent-hub/bank-client';
import {
  ConsentAccountRepository,
  CLAIM_DUE_LISTS,
  CONSENT_ENTITIES,
  ConsentSearch,
  PairRefresh,
} from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { AccountListingJob } from './account-listing.job.js';
import { AccountListingService } from './account-listing.service.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let by: Caller;
let bank: ScriptedBank;
let listing: AccountListingService;
let refreshes: RefreshesAtOnce;

/** A hub of its own: what one process does not finish, another finds. */
const newJob = () => new AccountListingJob(new ConsentAccountRepository(dataSource, given.consents), listing);

class RefreshesAtOnce extends PairRefresh {
  override readonly minIntervalSeconds = 0;
  count = 0;
  override refresh(id: string): Promise<void> {
    this.count++;
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
  await dataSource.query(`UPDATE hub.consent SET accounts_due_at = NULL, accounts_refused_at = NULL`);
  bank = new ScriptedBank();
  const lists = new ConsentAccountRepository(dataSource, given.consents);
  refreshes = new RefreshesAtOnce();
  listing = new AccountListingService(given.consents, lists, bank, refreshes, given.vault);
});

/** The state of a consent some time after its process was killed between the exchange and the list. */
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
const stored = async (id: string) => {
  const consent = await given.consents.find(id);
  if (!consent) throw new Error('no such consent');
  return consent;
};
const refusing = (code: BankErrorCode, facts: BankError['context'] = {}) =>
  jest.spyOn(bank as BankClient, 'listAccounts').mockRejectedValue(new BankError(code, facts));
const needingAttention = async () => {
  const { items } = await new ConsentSearch(dataSource).page({ needsAttention: true }, 50);
  return items.map(({ consent, attention }) => [consent.id, attention]);
};
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

  it('are listed though the process that exchanged the code was killed before it could ask', async () => {
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

  it('are asked for with the next token when the bank refuses the current one', async () => {
    const id = await exchanged();
    const ask = jest
      .spyOn(bank as BankClient, 'listAccounts')
      .mockRejectedValueOnce(new BankError('access_token_refused', { httpStatus: 401 }));
    await newJob().run();
    expect(ask.mock.calls.map(([request]) => request.accessToken.reveal())).toEqual(['access-1', 'access-2']);
    expect(await known(id)).toEqual(bank.accounts);
  });

  it('cost one refresh where the bank refuses every token, are asked for at growing distances up to a day, and the timeline says so once', async () => {
    const id = await exchanged();
    const ask = refusing('access_token_refused', { httpStatus: 401, errorCode: 'GEN-1203-100003' });
    for (let round = 0; round < 5; round++) {
      await newJob().run();
      await becomeDue(id);
    }
    expect(ask.mock.calls.map(([request]) => request.accessToken.reveal())).toEqual(
      [1, 2, 2, 2, 2, 2].map((generation) => `access-${generation}`),
    );
    expect(refreshes.count).toBe(1);
    const refusals = (await given.consents.events(id)).filter(({ type }) => type === 'accounts_refused');
    expect(refusals).toMatchObject([
      {
        actor: 'hub:token-exchange',
        data: { outcome: 'access_token_refused', http_status: 401, bank_error_code: 'GEN-1203-100003' },
      },
    ]);
    expect(await stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    expect(await needingAttention()).toEqual([[id, ['accounts_refused']]]);

    const distances: (number | null)[] = [];
    for (const refusedFor of ['1 minute', '10 minutes', '5 hours', '10 days']) {
      await dataSource.query(
        `UPDATE hub.consent SET accounts_due_at = now(), accounts_refused_at = now() - $2::interval WHERE id = $1`,
        [id, refusedFor],
      );
      await newJob().run();
      distances.push(await secondsToNext(id));
    }
    for (const [at, most] of [60, 600, 18_000, 86_400].entries()) {
      expect(distances[at]).toBeGreaterThan(most / 2 - 10);
      expect(distances[at]).toBeLessThanOrEqual(most + 10);
    }
    expect(refreshes.count).toBe(1);
  });

  it('cost one refresh however many callers and replicas ask at once and are refused', async () => {
    const id = await exchanged();
    refusing('access_token_refused');
    const consent = await stored(id);
    await Promise.all([
      newJob().run(),
      ...Array.from({ length: 5 }, () => listing.known(consent).catch(() => undefined)),
    ]);
    expect(refreshes.count).toBe(1);
    expect((await given.consents.events(id)).filter(({ type }) => type === 'accounts_refused')).toHaveLength(
      1,
    );
  });

  it('are asked for with a new token, refused or not, once the current one has expired', async () => {
    const id = await exchanged();
    refusing('access_token_refused');
    await newJob().run();
    await dataSource.query(
      `UPDATE hub.token_pair SET issued_at = now() - interval '2 hours', access_expires_at = now() WHERE consent_id = $1`,
      [id],
    );
    await becomeDue(id);
    const ask = jest.spyOn(bank, 'listAccounts').mockRejectedValueOnce(new BankError('access_token_refused'));
    ask.mockImplementation(() => Promise.resolve(bank.accounts));
    await newJob().run();
    expect(refreshes.count).toBe(2);
    expect(await known(id)).toEqual(bank.accounts);
    expect(await needingAttention()).toEqual([]);
  });

  it.each<BankErrorCode>(['account_refused', 'client_refused', 'request_refused', 'security_refused'])(
    'cost no refresh where the bank refuses otherwise (%s), and the timeline says so once',
    async (code) => {
      const id = await exchanged();
      refusing(code);
      for (let round = 0; round < 3; round++) {
        await newJob().run();
        await becomeDue(id);
      }
      expect(refreshes.count).toBe(0);
      const refusals = (await given.consents.events(id)).filter(({ type }) => type === 'accounts_refused');
      expect(refusals).toMatchObject([{ data: { outcome: code } }]);
      expect(await stored(id)).toMatchObject({ state: 'active' });
    },
  );

  it.each<BankErrorCode>(['busy', 'not_sent', 'outcome_unknown', 'unreadable_answer'])(
    'are not called refused where the failure may pass (%s)',
    async (code) => {
      const id = await exchanged();
      refusing(code);
      await newJob().run();
      expect((await given.consents.events(id)).map(({ type }) => type)).not.toContain('accounts_refused');
      expect(await stored(id)).toMatchObject({ state: 'active' });
      expect(refreshes.count).toBe(0);
    },
  );

  it('end their consent at once where the bank answers that it has ended there, and destroy its pair', async () => {
    const id = await exchanged();
    refusing('consent_withdrawn', {
      httpStatus: 403,
      error: 'NO_ACTIVE_CONSENT',
      errorCode: 'B14800ZZ-3013-000000',
    });
    await newJob().run();
    expect(await stored(id)).toMatchObject({
      state: 'revoked',
      stateReason: 'withdrawn_at_bank',
      endedAt: expect.any(Date) as Date,
      tokenPair: { generation: 1, accessToken: null, refreshToken: null, scaToken: null, refreshDueAt: null },
    });
    expect((await given.consents.events(id)).at(-1)).toMatchObject({
      type: 'state_changed',
      actor: 'psu',
      fromState: 'active',
      toState: 'revoked',
      reason: 'withdrawn_at_bank',
      data: {
        call: 'accounts',
        http_status: 403,
        bank_error: 'NO_ACTIVE_CONSENT',
        bank_error_code: 'B14800ZZ-3013-000000',
      },
    });
    expect(refreshes.count).toBe(0);
  });

  it('report to the caller that the consent has ended at the bank, also after a refresh', async () => {
    const id = await exchanged();
    jest
      .spyOn(bank as BankClient, 'listAccounts')
      .mockRejectedValueOnce(new BankError('access_token_refused'))
      .mockRejectedValueOnce(new BankError('consent_withdrawn'));
    await expect(listing.known(await stored(id))).rejects.toMatchObject({
      code: 'consent_not_live',
      context: { state: 'revoked', reason: 'withdrawn_at_bank' },
    });
    expect(await stored(id)).toMatchObject({ state: 'revoked', tokenPair: { generation: 2 } });
  });

  it('end no consent whose pair was replaced while the bank was asked', async () => {
    const id = await exchanged();
    jest.spyOn(bank as BankClient, 'listAccounts').mockImplementationOnce(async () => {
      await given.refreshed(id);
      throw new BankError('consent_withdrawn');
    });
    await newJob().run();
    expect(await stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
  });

  it('are not asked for once the consent has ended, and an answer that comes then is not kept', async () => {
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

  it('are returned without the bank once they are known, also when there are none', async () => {
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
