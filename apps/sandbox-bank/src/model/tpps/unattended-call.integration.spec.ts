import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { BankModel } from '../../../testing/bank-model.harness.js';
import { TppCallRepository } from './tpp-call.repository.js';

const IBAN = 'BE83063154780915';

describe('calls without the PSU', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let bank: BankModel;
  let calls: TppCallRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await database.open();
    bank = new BankModel(dataSource);
    calls = new TppCallRepository(dataSource);
    await bank.enrolCustomers();
  });
  afterAll(() => database.drop());

  it('are four in 24 hours, also for ten that come at once', async () => {
    const { id } = await bank.registerTpp();
    const counted = await Promise.all(
      Array.from({ length: 10 }, () => calls.countUnattended(id, IBAN, 'account')),
    );
    expect(counted.filter(Boolean)).toHaveLength(4);
  });

  it('are counted by TPP, account and resource', async () => {
    const { id } = await bank.registerTpp();
    for (let call = 1; call <= 4; call++) expect(await calls.countUnattended(id, IBAN, 'account')).toBe(true);
    expect(await calls.countUnattended(id, IBAN, 'account')).toBe(false);
    expect(await calls.countUnattended(id, IBAN, 'transactions')).toBe(true);
    expect(await calls.countUnattended(id, 'BE60068223114070', 'account')).toBe(true);
    expect(await calls.countUnattended((await bank.registerTpp()).id, IBAN, 'account')).toBe(true);
  });

  it('are forgotten one by one after their 24 hours, and a refused one never counted', async () => {
    const { id } = await bank.registerTpp();
    for (let call = 1; call <= 4; call++) {
      await calls.countUnattended(id, IBAN, 'account');
      await bank.advance(3_600);
    }
    expect(await calls.countUnattended(id, IBAN, 'account')).toBe(false);
    await bank.advance(20 * 3_600);
    expect(await calls.countUnattended(id, IBAN, 'account')).toBe(true);
    expect(await calls.countUnattended(id, IBAN, 'account')).toBe(false);
  });
});
