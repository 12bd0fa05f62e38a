import { dumpDatabase } from '@consent-hub/testing';
import fc from 'fast-check';
import { startBankUnderTest, type BankUnderTest } from '../support/bank-under-test.js';
import { dataCall, jsonOf, openAccount, wordsOf, type DataRequest } from '../support/data-calls.js';
import { TestTpp } from '../support/test-tpp.js';

const CALLS = ['account', 'transactions', 'funds'] as const;
type Call = (typeof CALLS)[number];
const VISIBLE_ASCII = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at));

describe('the sandbox bank, asked for data in a wrong way', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;
  let token: string;
  let logicalId: string;
  let untouched: string;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    tpp = new TestTpp(bank, bank.clients.belfius);
    const home = await openAccount(tpp, 'marie-dubois', 'BE83063154780915');
    token = home.tokens.access_token;
    logicalId = home.logicalId;
    untouched = await dumpDatabase(bank.databaseUrl);
  }, 60_000);
  afterAll(() => bank.close());
  afterEach(async () => expect(await dumpDatabase(bank.databaseUrl)).toBe(untouched));

  const requestOf = (call: Call): DataRequest =>
    call === 'funds'
      ? { method: 'POST', path: '/funds-confirmations', version: '1', token, body: { account: {} } }
      : { path: `/accounts/${logicalId}${call === 'account' ? '' : '/transactions'}`, version: '3', token };

  describe.each(CALLS)('on %s', (name) => {
    it.each(['Request-ID', 'Client-ID'])('refuses a call without a %s', async (header) => {
      const answer = await tpp.send(dataCall(tpp, { ...requestOf(name), headers: { [header]: null } }));
      expect(wordsOf(answer)).toEqual([
        400,
        'MISSING_INPUT',
        'GEN-1201-100001',
        `Missing required header input '${header}'`,
      ]);
    });

    it('refuses a version that was never there, and another client’s certificate', async () => {
      const unknown = await tpp.send(dataCall(tpp, { ...requestOf(name), version: '9' }));
      expect(wordsOf(unknown).slice(0, 3)).toEqual([406, 'INVALID_INPUT', 'GEN-1202-100001']);
      const { certificate } = bank.clients.paymentsOnly;
      const foreign = await tpp.send({ ...dataCall(tpp, requestOf(name)), certificate });
      expect(wordsOf(foreign).slice(0, 3)).toEqual([401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100009']);
    });

    it('is not there on the plain port', async () => {
      const { method = 'GET', path } = requestOf(name);
      expect((await fetch(bank.running.controlUrl + path, { method })).status).toBe(404);
    });
  });

  it('serves no older version unless it is set up to', async () => {
    for (const [call, version] of [
      ['account', '1'],
      ['account', '2'],
      ['transactions', '1'],
      ['transactions', '1.2'],
    ] as const)
      expect((await tpp.send(dataCall(tpp, { ...requestOf(call), version }))).status).toBe(406);
  });

  it('never takes the blame for what makes no sense', async () => {
    const visible = fc.string({ unit: fc.constantFrom(...VISIBLE_ASCII), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CALLS),
        visible,
        fc.string({ unit: 'binary' }),
        fc.json(),
        async (name, header, text, body) => {
          const request = requestOf(name);
          const names = ['next', 'date_from', 'date_to', 'pagesize', 'currency', 'psu_involved'];
          const sent = [
            { ...request, query: Object.fromEntries(names.map((each) => [each, text])) },
            { ...request, query: { next: header } },
            { ...request, headers: { 'SCA-Token': header, 'Accept-Language': header, 'X-Any': header } },
            { ...request, token: header },
            { ...request, ...(name === 'funds' && { body }) },
            { ...request, path: `/accounts/${encodeURIComponent(text)}` },
          ];
          for (const each of sent) {
            const answer = await tpp.send(dataCall(tpp, each));
            expect(answer.status).toBeLessThan(500);
            if (answer.status !== 200) expect(Object.keys(jsonOf(answer))).toHaveLength(3);
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
