import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { BankModel } from '../../../testing/bank-model.harness.js';

const REQUEST_ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const DAY_SECONDS = 86_400;

describe('the calls that the bank has seen', () => {
  let database: TestDatabase;
  let bank: BankModel;
  let tppId: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    bank = new BankModel(await database.open());
    tppId = (await bank.registerTpp()).id;
  });
  afterEach(() => database.drop());

  it('are known again for 24 hours, in any case of letters, and not as another TPP’s', async () => {
    expect(await bank.calls.isFirst(tppId, REQUEST_ID)).toBe(true);
    expect(await bank.calls.isFirst(tppId, REQUEST_ID.toUpperCase())).toBe(false);
    expect(await bank.calls.isFirst((await bank.registerTpp()).id, REQUEST_ID)).toBe(true);
    await bank.advance(DAY_SECONDS - 60);
    expect(await bank.calls.isFirst(tppId, REQUEST_ID)).toBe(false);
    await bank.advance(120);
    expect(await bank.calls.isFirst(tppId, REQUEST_ID)).toBe(true);
    expect(await bank.calls.isFirst(tppId, REQUEST_ID)).toBe(false);
  });

  it('are deleted when their day has passed', async () => {
    await bank.calls.isFirst(tppId, 'former');
    await bank.advance(DAY_SECONDS);
    await bank.calls.isFirst(tppId, 'latter');
    const rows = await (await database.open()).query<unknown[]>(`SELECT FROM bank.seen_request`);
    expect(rows).toHaveLength(1);
  });

  it('begin once when fifty arrive at two processes together', async () => {
    const processes = [bank, new BankModel(await database.open())];
    const first = await Promise.all(
      Array.from({ length: 50 }, (_, at) => (processes[at % 2] ?? bank).calls.isFirst(tppId, REQUEST_ID)),
    );
    expect(first.filter(Boolean)).toHaveLength(1);
  });
});
