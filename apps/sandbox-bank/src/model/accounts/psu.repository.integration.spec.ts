import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { BankModel } from '../../../testing/bank-model.harness.js';
import { AccountRepository } from './account.repository.js';

const IBAN = 'BE83063154780915';
const MULTI = 'BE30083441118011';

describe('the repository of customers and accounts', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let bank: BankModel;
  let accounts: AccountRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await database.open();
    bank = new BankModel(dataSource);
    accounts = new AccountRepository(dataSource);
    await bank.enrolCustomers();
  });
  afterAll(() => database.drop());

  it('gives one balance to the pages of the PSU and to TPPs, day after day', async () => {
    const seen = new Set<string>();
    for (let day = 0; day < 10; day++) {
      const [held] = await bank.psus.accountsOf('belfius', 'marie-dubois');
      const account = await accounts.find('belfius', IBAN);
      expect(held?.balance).toBe(((account?.main.cents ?? 0) / 100).toFixed(2));
      seen.add(held?.balance ?? '');
      await bank.advance(3 * 86_400);
    }
    expect(seen.size).toBeGreaterThan(3);
  });

  it('changes nothing when the same customers are enrolled again, by several at once', async () => {
    const before = await accounts.find('belfius', MULTI);
    await Promise.all(Array.from({ length: 4 }, () => bank.enrolCustomers()));
    expect(await accounts.find('belfius', MULTI)).toEqual(before);
    const held = await bank.psus.accountsOf('belfius', 'greet-de-backer');
    expect(held).toHaveLength(7);
  });

  it('separates the main currency from the others', async () => {
    const account = await accounts.find('belfius', MULTI);
    expect(account?.main.currency).toBe('EUR');
    expect(account?.others.map(({ currency }) => currency)).toEqual(['GBP', 'USD']);
  });

  it('finds an account at its own brand only', async () => {
    expect(await accounts.find('banx', IBAN)).toBeNull();
    expect(await accounts.find('belfius', 'BE68539007547034')).toBeNull();
  });

  it('offers a company’s account to its representative, and to no other person', async () => {
    const eligible = async (psu: string): Promise<string[]> =>
      (await bank.psus.accountsOf('belfius', psu)).filter((each) => each.eligible).map(({ iban }) => iban);
    expect(await eligible('an-vermeulen')).toEqual(['BE49091200881571', 'BE05091200891675']);
    expect(await eligible('pieter-wouters')).toEqual(['BE91091200882076']);
    const { id } = await bank.open(await bank.registerTpp());
    const choice = { psuId: 'pieter-wouters', ibans: ['BE49091200881571'] };
    expect(await bank.authorizations.approve(id, choice)).toBeNull();
  });
});
