import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { BankModel } from '../../testing/bank-model.harness.js';
import { UnattendedCallRepository } from './unattended-call.repository.js';

const IBAN = 'BE83063154780915';

describe('calls without the PSU', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let books: BankModel;
  let calls: UnattendedCallRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await database.open();
    books = new BankModel(dataSource);
    calls = new UnattendedCallRepository(dataSource);
    await books.enrolCustomers();
  });
  afterAll(() => database.drop());

  it('are four in 24 hours, also for ten that come at once', async () => {
    const { id } = await books.registerTpp();
    const counted = await Promise.all(Array.from({ length: 10 }, () => calls.count(id, IBAN, 'account')));
    expect(counted.filter(Boolean)).toHaveLength(4);
  });

  it('are counted by TPP, account and resource', async () => {
    const { id } = await books.registerTpp();
    for (let call = 1; call <= 4; call++) expect(await calls.count(id, IBAN, 'account')).toBe(true);
    expect(await calls.count(id, IBAN, 'account')).toBe(false);
    expect(await calls.count(id, IBAN, 'transactions')).toBe(true);
    expect(await calls.count(id, 'BE60068223114070', 'account')).toBe(true);
    expect(await calls.count((await books.registerTpp()).id, IBAN, 'account')).toBe(true);
  });

  it('are forgotten one by one after their 24 hours, and a refused one never counted', async () => {
    const { id } = await books.registerTpp();
    for (let call = 1; call <= 4; call++) {
      await calls.count(id, IBAN, 'account');
      await books.advance(3_600);
    }
    expect(await calls.count(id, IBAN, 'account')).toBe(false);
    await books.advance(20 * 3_600);
    expect(await calls.count(id, IBAN, 'account')).toBe(true);
    expect(await calls.count(id, IBAN, 'account')).toBe(false);
  });
});
