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

const STARTS_A_BANK_MS = 60_000;
const PSU = 'marie-dubois';
const IBAN = 'BE83063154780915';
const FAR_BACK = { date_from: new Date(Date.now() - 120 * 86_400_000).toISOString().slice(0, 10) };

describe('the sandbox bank, set up for the other choice of', () => {
  let bank: BankUnderTest | undefined;
  let tpp: TestTpp;

  afterEach(async () => {
    await bank?.close();
    bank = undefined;
  });

  const startWith = async (assumptions: string, settings: NodeJS.ProcessEnv = {}): Promise<BankUnderTest> => {
    bank = await startBankUnderTest({ SANDBOX_ASSUMPTIONS: assumptions, ...settings });
    tpp = new TestTpp(bank, bank.clients.belfius);
    return bank;
  };
  const askAbout = (
    { tokens, logicalId }: { tokens: Tokens; logicalId: string },
    changes: Partial<DataRequest> = {},
    tail = '',
  ): Promise<MachineAnswer> =>
    tpp.send(
      dataCall(tpp, {
        path: `/accounts/${logicalId}${tail}`,
        version: '3',
        token: tokens.access_token,
        ...changes,
      }),
    );

  it(
    'account_list, wraps the accounts in an object',
    async () => {
      await startWith('account_list=object');
      const { access_token: token } = await tpp.firstPair({ psu: PSU });
      expect(await tpp.ok(tpp.call('accounts', { token }))).toEqual({
        accounts: [{ iban: IBAN, logical_id: expect.any(String) as unknown }],
      });
    },
    STARTS_A_BANK_MS,
  );

  it(
    'account_v3_values, answers version 3 with numbers and a boolean',
    async () => {
      await startWith('account_v3_values=native');
      const body = jsonOf(await askAbout(await openAccount(tpp, 'koen-willems', 'BE30083441118011')));
      expect(body).toMatchObject({
        balance: expect.any(Number) as unknown,
        multicurrency: true,
        other_compartments: [
          { currency: 'GBP', balance: expect.any(Number) as unknown },
          { currency: 'USD', balance: expect.any(Number) as unknown },
        ],
      });
    },
    STARTS_A_BANK_MS,
  );

  it(
    'logical_id, names the account anew in the next consent, and keeps it through a refresh',
    async () => {
      await startWith('logical_id=per_consent');
      const first = await openAccount(tpp, PSU, IBAN);
      const refreshed = await tpp.ok<Tokens>(tpp.call('refresh', { token: first.tokens.refresh_token }));
      expect((await askAbout({ ...first, tokens: refreshed })).status).toBe(200);
      const second = await openAccount(tpp, PSU, IBAN);
      expect(second.logicalId).not.toBe(first.logicalId);
      expect(second.logicalId).toHaveLength(154);
      expect(wordsOf(await askAbout({ ...second, logicalId: first.logicalId }))[2]).toBe('GEN-1203-100010');
      expect((await askAbout(second)).status).toBe(200);
    },
    STARTS_A_BANK_MS,
  );

  it(
    'accept_language, wants a language that the bank has',
    async () => {
      await startWith('accept_language=required');
      const { tokens, logicalId } = await openAccount(tpp, PSU, IBAN);
      const calls: [path: string, version: string, more?: Partial<DataRequest>][] = [
        ['/accounts', '3'],
        [`/accounts/${logicalId}`, '3'],
        [`/accounts/${logicalId}/transactions`, '3'],
        ['/funds-confirmations', '1', { method: 'POST', body: {} }],
      ];
      for (const [path, version, more] of calls) {
        for (const language of [null, 'en', 'fr, nl']) {
          const headers = { 'Accept-Language': language };
          const call = dataCall(tpp, { path, version, token: tokens.access_token, ...more, headers });
          expect([path, language, (await tpp.send(call)).status]).toEqual([path, language, 406]);
        }
        const call = dataCall(tpp, { path, version, token: tokens.access_token, ...more });
        expect((await tpp.send(call)).status).not.toBe(406);
      }
    },
    STARTS_A_BANK_MS,
  );

  it(
    'unattended_calls, refuses the fifth read without the PSU and none with, and counts pages once',
    async () => {
      const { query } = await startWith('unattended_calls=four_a_day');
      const home = await openAccount(tpp, PSU, IBAN);
      for (const tail of ['', '/transactions']) {
        for (let call = 1; call <= 4; call++) expect((await askAbout(home, {}, tail)).status).toBe(200);
        for (const psu_involved of ['false', '', null]) {
          const fifth = await askAbout(home, { query: { psu_involved } }, tail);
          expect([fifth.status, Object.keys(jsonOf(fifth))]).toEqual([
            429,
            ['error', 'error_code', 'error_description'],
          ]);
        }
        expect((await askAbout(home, { query: { psu_involved: 'true' } }, tail)).status).toBe(200);
      }
      const page = await askAbout(home, { query: { psu_involved: 'true', pagesize: '3' } }, '/transactions');
      const { next_page_key: next } = jsonOf(page)['transactions'] as { next_page_key: string };
      expect((await askAbout(home, { query: { next } }, '/transactions')).status).toBe(200);
      await query(`UPDATE bank.clock SET ahead = ahead + interval '24 hours 1 minute'`);
      await query(`UPDATE bank.token_pair SET access_expires_at = bank.now() + interval '1 hour'`);
      expect((await askAbout(home)).status).toBe(200);
    },
    STARTS_A_BANK_MS,
  );

  it(
    'sca_url, names the URL in the description only',
    async () => {
      await startWith('sca_url=description');
      const home = await openAccount(tpp, PSU, IBAN);
      const body = jsonOf(await askAbout(home, { query: FAR_BACK }, '/transactions'));
      expect(Object.keys(body)).toEqual(['error', 'error_code', 'error_description']);
      expect(String(body['error_description'])).toMatch(/^SCA is required\..* http:\/\/\S+&apptoken=\S+$/);
    },
    STARTS_A_BANK_MS,
  );

  it(
    'redirect_uri, leads the PSU back from an SCA to the address of the call',
    async () => {
      await startWith('redirect_uri=any');
      const home = await openAccount(tpp, PSU, IBAN);
      const headers = { 'Redirect-URI': 'https://elsewhere.example/back' };
      const { url } = jsonOf(await askAbout(home, { query: FAR_BACK, headers }, '/transactions'));
      const returned = await tpp.decide({ consent_uri: String(url), decision: 'approve', psu: PSU });
      expect(returned.origin + returned.pathname).toBe('https://elsewhere.example/back');
    },
    STARTS_A_BANK_MS,
  );
});
