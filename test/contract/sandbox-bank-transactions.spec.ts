import fc from 'fast-check';
import { startBankUnderTest, type BankUnderTest, type MachineAnswer } from '../support/bank-under-test.js';
import {
  dataCall,
  jsonOf,
  openAccount,
  wordsOf,
  type DataRequest,
  type Tokens,
} from '../support/data-calls.js';
import { TestTpp } from '../support/test-tpp.js';
import { BAD_QUERIES, TRANSACTION_SHAPES, type TransactionList } from './facts/transactions.js';

const BUSINESS = { psu: 'an-vermeulen', iban: 'BE49091200881571' };
const PRIVATE = { psu: 'marie-dubois', iban: 'BE83063154780915' };
const DAY_MS = 86_400_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

describe('the sandbox bank, asked for transactions', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;
  let shop: { tokens: Tokens; logicalId: string };
  let home: { tokens: Tokens; logicalId: string };

  beforeAll(async () => {
    bank = await startBankUnderTest({ SANDBOX_CONTRACT: 'all', SANDBOX_ACCESS_TOKEN_SECONDS: '9000' });
    tpp = new TestTpp(bank, bank.clients.belfius);
    shop = await openAccount(tpp, BUSINESS.psu, BUSINESS.iban);
    home = await openAccount(tpp, PRIVATE.psu, PRIVATE.iban);
  }, 60_000);
  afterAll(() => bank.close());

  const ask = (of: typeof shop, changes: Partial<DataRequest> = {}): Promise<MachineAnswer> =>
    tpp.send(
      dataCall(tpp, {
        path: `/accounts/${of.logicalId}/transactions`,
        version: '3',
        token: of.tokens.access_token,
        ...changes,
      }),
    );
  const listOf = (answer: MachineAnswer): TransactionList => {
    expect(answer.status).toBe(200);
    const { booked, next_page_key: next } = jsonOf(answer)['transactions'] as {
      booked: Record<string, unknown>[];
      next_page_key?: string;
    };
    return { items: booked, next };
  };
  const walk = async (
    query: Record<string, string>,
    headers: Record<string, string> = {},
    of = shop,
  ): Promise<{ items: Record<string, unknown>[]; pages: number }> => {
    const items: Record<string, unknown>[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      const list = listOf(await ask(of, { headers, query: { ...query, next: next ?? null } }));
      items.push(...list.items);
      next = list.next;
      pages++;
    } while (next !== undefined);
    return { items, pages };
  };

  it.each(TRANSACTION_SHAPES)(
    'answers version $version in its shape ($source)',
    async ({ version, at, item }) => {
      const body = jsonOf(await ask(home, { version, query: { pagesize: '20' } }));
      const list = body[at[0]] as Record<string, unknown>;
      expect(list[at[1]]).toEqual(Array.from({ length: 20 }, () => item));
      expect(Object.keys(list)).toEqual([at[1], 'next_page_key']);
      expect(body).toEqual({
        [at[0]]: list,
        _links: {
          self: { href: `/accounts/${home.logicalId}/transactions` },
          account: { href: `/accounts/${home.logicalId}` },
          next: { href: `/accounts/${home.logicalId}/transactions?next=${String(list['next_page_key'])}` },
        },
      });
    },
  );

  describe('page by page', () => {
    it('gives the whole list with every page size, newest first, each transaction once, the last page without a key', async () => {
      const large = await walk({ pagesize: '400' });
      const small = await walk({ pagesize: '93' });
      expect(small.items).toEqual(large.items);
      expect(large.pages).toBe(Math.ceil(large.items.length / 400));
      expect(small.pages).toBe(Math.ceil(large.items.length / 93));
      const dates = large.items.map(({ execution_date: date }) => String(date));
      expect(dates).toEqual([...dates].sort().reverse());
      const places = large.items.map(
        (each) => `${String(each['execution_date'])} ${String(each['transaction_seqnumber'])}`,
      );
      expect(new Set(places).size).toBe(large.items.length);
    }, 30_000);

    it('follows the link of a page, which carries the query of the first', async () => {
      const query = { date_from: daysAgo(40), date_to: daysAgo(10), pagesize: '50' };
      const first = jsonOf(await ask(shop, { query }));
      const { next } = first['_links'] as { next: { href: string } };
      const second = listOf(await ask(shop, { path: next.href }));
      expect(second.items).toHaveLength(50);
      const { items } = await walk(query);
      expect(second.items).toEqual(items.slice(50, 100));
      for (const { execution_date: date } of items) {
        expect(String(date) >= daysAgo(41)).toBe(true);
        expect(String(date) <= daysAgo(10)).toBe(true);
      }
    });

    it('continues at the same place when days have passed between the pages', async () => {
      const query = { date_from: daysAgo(30), pagesize: '50' };
      const before = await walk(query);
      const { next } = listOf(await ask(shop, { query }));
      await bank.query(`UPDATE bank.clock SET ahead = ahead + interval '1 hour'`);
      expect(listOf(await ask(shop, { query: { ...query, next: next ?? '' } })).items).toEqual(
        before.items.slice(50, 100),
      );
    });

    it('opens no key that was changed in any place', async () => {
      const { next = '' } = listOf(await ask(shop, { query: { pagesize: '5' } }));
      await fc.assert(
        fc.asyncProperty(fc.nat(next.length - 1), fc.constantFrom(...ALPHABET), async (at, letter) => {
          const changed = next.slice(0, at) + letter + next.slice(at + 1);
          fc.pre(changed !== next);
          const answer = await ask(shop, { query: { next: changed } });
          expect(wordsOf(answer).slice(0, 3)).toEqual([400, 'INVALID_INPUT', 'GEN-1202-100002']);
        }),
        { numRuns: 60 },
      );
      for (const wrong of [next.slice(1), `${next}A`, `${next}=`, next + next])
        expect((await ask(shop, { query: { next: wrong } })).status).toBe(400);
      expect((await ask(shop, { query: { next } })).status).toBe(200);
    }, 30_000);

    it('opens a key with no other account and no other query', async () => {
      const { next = '' } = listOf(await ask(shop, { query: { pagesize: '5', date_from: daysAgo(20) } }));
      expect((await ask(home, { query: { next } })).status).toBe(400);
      for (const other of [{ date_from: daysAgo(21) }, { date_to: daysAgo(1) }, { currency: 'EUR' }])
        expect((await ask(shop, { query: { next, ...other } })).status).toBe(400);
      const again = await ask(shop, { query: { next, date_from: daysAgo(20), pagesize: '7' } });
      expect(listOf(again).items).toHaveLength(7);
    });
  });

  it('gives the compartment of a currency', async () => {
    const multi = await openAccount(tpp, 'koen-willems', 'BE30083441118011');
    for (const currency of ['EUR', 'USD', 'GBP']) {
      const { items } = await walk({ currency }, {}, multi);
      expect(new Set(items.map((each) => each['currency']))).toEqual(new Set([currency]));
    }
  });

  it('gives an empty list for an account that nothing has moved in', async () => {
    const fresh = await openAccount(tpp, 'nadia-benali', 'BE19088112075512');
    expect(listOf(await ask(fresh))).toEqual({ items: [], next: undefined });
  });

  it('repeats the reference of a mandate, as the bank does', async () => {
    const { items } = await walk({}, {}, home);
    const references = items.map((each) => each['transaction_ref']);
    expect(new Set(references).size).toBeLessThan(references.length);
  });

  it.each(BAD_QUERIES)('refuses %s', async (_what, query, input) => {
    expect(wordsOf(await ask(home, { query }))).toEqual([
      400,
      'INVALID_INPUT',
      'GEN-1202-100002',
      'Invalid request body/path/query input.',
    ]);
    expect(wordsOf(await ask(home, { query, version: '1' }))).toEqual([
      400,
      'invalid_input',
      '10002',
      `Input '${input}' is not valid.`,
    ]);
  });
});
