import { startBankUnderTest, type BankUnderTest, type MachineAnswer } from '../support/bank-under-test.js';
import {
  dataCall,
  jsonOf,
  openAccount,
  openAccounts,
  wordsOf,
  type DataRequest,
  type Tokens,
} from '../support/data-calls.js';
import { TestTpp } from '../support/test-tpp.js';
import { ACCOUNT_SHAPES } from './facts/accounts.js';

const MULTI = { psu: 'koen-willems', iban: 'BE30083441118011' };

describe('the sandbox bank, asked for one account', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;
  let opened: { tokens: Tokens; logicalId: string };

  beforeAll(async () => {
    bank = await startBankUnderTest({ SANDBOX_CONTRACT: 'all' });
    tpp = new TestTpp(bank, bank.clients.belfius);
    opened = await openAccount(tpp, MULTI.psu, MULTI.iban);
  }, 60_000);
  afterAll(() => bank.close());

  const ask = (changes: Partial<DataRequest> = {}, by = tpp): Promise<MachineAnswer> =>
    tpp.send(
      dataCall(by, {
        path: `/accounts/${opened.logicalId}`,
        version: '3',
        token: opened.tokens.access_token,
        ...changes,
      }),
    );

  it.each(ACCOUNT_SHAPES)('answers version $version in its shape ($source)', async ({ version, body }) => {
    const answer = await ask({ version });
    expect(answer.status).toBe(200);
    expect(jsonOf(answer)).toEqual(body(opened.logicalId));
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  it('says the same to every spelling of psu_involved, to none and to an empty one', async () => {
    for (const value of ['true', 'false', 'True', '', null])
      expect((await ask({ query: { psu_involved: value } })).status).toBe(200);
    expect((await ask({ query: { psu_involved: 'perhaps' } })).status).toBe(400);
  });

  it('names an account by a compact JWE of 154 characters that stays through a refresh and another consent', async () => {
    const { tokens, logicalId } = await openAccount(tpp, 'marie-dubois', 'BE83063154780915');
    expect(logicalId).toMatch(/^eyJ[\w-]{60}\.\.[\w-]{22}\.[\w-]{43}\.[\w-]{22}$/);
    expect(logicalId).toHaveLength(154);
    const next = await tpp.ok<Tokens>(tpp.call('refresh', { token: tokens.refresh_token }));
    expect((await ask({ path: `/accounts/${logicalId}`, token: next.access_token })).status).toBe(200);
    expect((await openAccount(tpp, 'marie-dubois', 'BE83063154780915')).logicalId).toBe(logicalId);
  });

  it('returns the same balance to both holders of a joint account, each by a name of their own', async () => {
    const iban = 'BE34063590221490';
    const balances: unknown[] = [];
    const names: unknown[] = [];
    for (const psu of ['sophie-lambert', 'marc-lambert']) {
      const { tokens, logicalId } = await openAccount(tpp, psu, iban);
      const body = jsonOf(await ask({ path: `/accounts/${logicalId}`, token: tokens.access_token }));
      balances.push(body['balance']);
      names.push(logicalId, body['psu_name']);
    }
    expect(balances[0]).toBe(balances[1]);
    expect(new Set(names).size).toBe(4);
  });

  describe('refuses', () => {
    it('a logical-ID that is none, one of another PSU, and one of another TPP', async () => {
      const other = await openAccount(tpp, 'marie-dubois', 'BE83063154780915');
      const invented = opened.logicalId.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
      for (const path of [
        'f2533843-785d-4499-b92f-61711101feed',
        'a..b.c.d',
        '%00',
        invented,
        other.logicalId,
      ])
        for (const resource of [`/accounts/${path}`, `/accounts/${path}/transactions`])
          expect(wordsOf(await ask({ path: resource }))).toEqual([
            401,
            'FAILED_SECURITY_VALIDATION',
            'GEN-1203-100010',
            'Invalid JWT',
          ]);
    });

    it('a logical-ID that the other brand made', async () => {
      const banx = new TestTpp(bank, bank.clients.banx);
      const { accounts } = await openAccounts(banx);
      for (const tail of ['', '/transactions'])
        expect(wordsOf(await ask({ path: `/accounts/${accounts[0]?.logical_id}${tail}` }))).toEqual([
          403,
          'INVALID_ACCOUNT',
          'B14800ZZ-3002-000000',
          'No Account found.',
        ]);
    });

    it.each([
      ['3', [401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100003', 'Invalid access token']],
      ['2', [401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100003', 'Invalid access token']],
      ['1', [401, 'invalid_access_token', '10006', 'access_token is not valid.']],
    ])('an unknown access token, in the words of version %s', async (version, words) => {
      expect(wordsOf(await ask({ version, token: 'unknown' }))).toEqual(words);
    });

    it.each([
      ['1', null, [406, 'invalid_input', '10002', "Input 'Accept-Language' is not valid."]],
      ['1', 'en', [406, 'invalid_input', '10002', "Input 'Accept-Language' is not valid."]],
      ['2', null, [406, 'INVALID_INPUT', 'GEN-1202-100001', 'Invalid request header input.']],
      ['2', 'en', [406, 'INVALID_INPUT', 'GEN-1202-100001', 'Invalid request header input.']],
    ])('a call of version %s in the language %s, as its age had it', async (version, language, words) => {
      expect(wordsOf(await ask({ version, headers: { 'Accept-Language': language } }))).toEqual(words);
    });

    it('a token of funds confirmations', async () => {
      const code = await tpp.code('CAF consent URIs');
      const { access_token: token, logical_id } = await tpp.ok<Tokens>(
        tpp.call('code', { code }, { version: '2' }),
      );
      const answer = await ask({ path: `/accounts/${logical_id}`, token });
      expect(wordsOf(answer).slice(0, 3)).toEqual([401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100003']);
    });

    it('a TPP without the role of account information', async () => {
      const answer = await ask({}, new TestTpp(bank, bank.clients.paymentsOnly));
      expect(wordsOf(answer)).toEqual([403, 'INVALID_TPP', 'B14663ZZ-2100-000000', 'No Active TPP found.']);
    });

    const BLOCKED = 'This account can not be consultated via electronical channel.';
    it.each([
      ['3', [403, 'CHANNEL_NOT_PERMITTED', 'B14800ZZ-3007-000000', BLOCKED]],
      ['2', [403, 'CHANNEL_NOT_PERMITTED', 'B14800-3007-000000', BLOCKED]],
      [
        '1',
        [403, 'channel_not_permitted', '20003', "This account can't be consulted via electronic channel"],
      ],
    ])(
      'an account that was blocked after the consent, in the words of version %s',
      async (version, words) => {
        const { tokens, logicalId } = await openAccount(tpp, 'an-vermeulen', 'BE05091200891675');
        const call = { path: `/accounts/${logicalId}`, version, token: tokens.access_token };
        await bank.query(`UPDATE bank.account SET is_blocked = true WHERE iban = 'BE05091200891675'`);
        const answer = await ask(call);
        await bank.query(`UPDATE bank.account SET is_blocked = false WHERE iban = 'BE05091200891675'`);
        expect(wordsOf(answer)).toEqual(words);
        expect((await ask(call)).status).toBe(200);
      },
    );

    it('a consent that the PSU withdrew, in the words of each version', async () => {
      const { tokens, logicalId } = await openAccount(tpp, 'greet-de-backer', 'BE47068223115080');
      await bank.query(
        `UPDATE bank.psu_authorization SET withdrawn_at = bank.now() WHERE psu_id = 'greet-de-backer'`,
      );
      const codes: unknown[] = [];
      for (const version of ['1', '2', '3'])
        codes.push(
          wordsOf(await ask({ path: `/accounts/${logicalId}`, version, token: tokens.access_token })).slice(
            0,
            3,
          ),
        );
      expect(codes).toEqual([
        [403, 'no_active_consent', '20005'],
        [403, 'NO_ACTIVE_CONSENT', 'B14800-3013-000000'],
        [403, 'NO_ACTIVE_CONSENT', 'B14800ZZ-3013-000000'],
      ]);
    });
  });
});
