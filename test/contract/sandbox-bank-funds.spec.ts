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
import { BAD_FUNDS_BODIES } from './facts/funds-confirmations.js';

const IBAN = 'BE83063154780915';
const MULTI = 'BE30083441118011';
const bodyOf = (amount: string, currency = 'EUR', iban = IBAN): unknown => ({
  account: { iban },
  instructed_amount: { currency, amount },
});

describe('the sandbox bank, asked whether funds are there', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;
  let token: string;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    tpp = new TestTpp(bank, bank.clients.belfius);
    token = await consentTo(IBAN, 'marie-dubois');
  }, 60_000);
  afterAll(() => bank.close());

  const consentTo = async (iban: string, psu: string): Promise<string> => {
    const [link] = await tpp.ok<{ consent_uri: string }[]>(
      tpp.call('CAF consent URIs', {}, { query: { iban } }),
    );
    const returned = await tpp.decide({ consent_uri: link?.consent_uri, decision: 'approve', psu });
    const code = returned.searchParams.get('code') ?? '';
    return (await tpp.ok<Tokens>(tpp.call('code', { code }, { version: '2' }))).access_token;
  };
  const ask = (changes: Partial<DataRequest> = {}, by = tpp): Promise<MachineAnswer> =>
    tpp.send(
      dataCall(by, {
        method: 'POST',
        path: '/funds-confirmations',
        version: '1',
        token,
        body: bodyOf('10.00'),
        ...changes,
      }),
    );
  const available = async (body: unknown, by = token): Promise<unknown> => {
    const answer = await ask({ body, token: by });
    expect(answer.status).toBe(200);
    return jsonOf(answer);
  };
  /** The balances that GET /accounts/{logical-id} returns, by currency. */
  const balancesOf = async (psu: string, iban: string): Promise<Map<string, number>> => {
    const { tokens, logicalId } = await openAccount(tpp, psu, iban);
    const body = jsonOf(
      await tpp.send(
        dataCall(tpp, { path: `/accounts/${logicalId}`, version: '3', token: tokens.access_token }),
      ),
    );
    const others = body['other_compartments'] as { currency: string; balance: string }[];
    return new Map([
      [String(body['currency']), Number(body['balance'])],
      ...others.map(({ currency, balance }) => [currency, Number(balance)] as const),
    ]);
  };

  it('answers yes up to the balance of the account, and no above it', async () => {
    const balance = (await balancesOf('marie-dubois', IBAN)).get('EUR') ?? 0;
    expect(await available(bodyOf(balance.toFixed(2)))).toEqual({ funds_available: true });
    expect(await available(bodyOf((balance + 0.01).toFixed(2)))).toEqual({ funds_available: false });
    expect(await available(bodyOf('99999999999999'))).toEqual({ funds_available: false });
    expect(await available(bodyOf('000000000000000000.01'))).toEqual({ funds_available: true });
  });

  it('uses the compartment of the currency, and exchanges a currency that has none', async () => {
    const held = await balancesOf('koen-willems', MULTI);
    const multi = await consentTo(MULTI, 'koen-willems');
    for (const [currency, balance] of held) {
      expect(await available(bodyOf(balance.toFixed(2), currency, MULTI), multi)).toEqual({
        funds_available: true,
      });
      expect(await available(bodyOf((balance + 0.01).toFixed(2), currency, MULTI), multi)).toEqual({
        funds_available: false,
      });
    }
    expect(await available(bodyOf('1', 'CHF', MULTI), multi)).toEqual({ funds_available: true });
    expect(await available(bodyOf('1', 'JPY', MULTI), multi)).toEqual({ funds_available: false });
  });

  it('understands a charset, an IBAN in lower case, and members that it does not know', async () => {
    const body = { ...(bodyOf('1', 'EUR', IBAN.toLowerCase()) as object), logical_id: 'x', note: [1] };
    const answer = await ask({ body, headers: { 'Content-Type': 'application/json;charset=UTF-8' } });
    expect([answer.status, jsonOf(answer)]).toEqual([200, { funds_available: true }]);
  });

  it.each(BAD_FUNDS_BODIES)('refuses $what', async ({ body, refusal, input }) => {
    expect(wordsOf(await ask({ body }))).toEqual(
      refusal === 'missing'
        ? [400, 'MISSING_INPUT', 'GEN-1201-100002', `Missing required body/path/query input '${input}'`]
        : [400, 'INVALID_INPUT', 'GEN-1202-100002', 'Invalid request body/path/query input.'],
    );
  });

  describe('refuses', () => {
    it.each([
      ['broken JSON', '{"account":', {}, 400],
      ['no body', '', {}, 400],
      ['a prototype', '{"__proto__":{"x":1}}', {}, 400],
      ['more than 64 KiB', JSON.stringify({ x: 'x'.repeat(66_000) }), {}, 413],
      ['a form', 'account=1', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
      ['plain text', 'x', { 'Content-Type': 'text/plain' }, 415],
      ['a body without its type', '{}', { 'Content-Type': null }, 415],
    ])('%s', async (_what, body, headers, status) => {
      const answer = await ask({ body, headers });
      expect(answer.status).toBe(status);
      expect(Object.keys(jsonOf(answer))).toEqual(['error', 'error_code', 'error_description']);
    });

    it('what is no UTF-8', async () => {
      const call = dataCall(tpp, {
        method: 'POST',
        path: '/funds-confirmations',
        version: '1',
        token,
        body: '',
      });
      const bytes = Buffer.concat([Buffer.from('{"note":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
      const answer = await tpp.send({ ...call, bytes });
      expect(wordsOf(answer).slice(0, 3)).toEqual([400, 'INVALID_INPUT', 'GEN-1202-100002']);
    });

    it.each([
      [
        'an account that the bank does not keep',
        'BE68539007547034',
        'INVALID_ACCOUNT',
        'B14800ZZ-3002-000000',
      ],
      ['an account of the other brand', 'BE72095100023816', 'INVALID_ACCOUNT', 'B14800ZZ-3002-000000'],
      [
        'an account that the PSU did not consent to',
        'BE60068223114070',
        'ACCESS_DENIED',
        'B14800ZZ-3004-000000',
      ],
    ])('%s', async (_what, iban, error, code) => {
      const answer = await ask({ body: bodyOf('1', 'EUR', iban) });
      expect(wordsOf(answer).slice(0, 3)).toEqual([403, error, code]);
    });

    it('an account that was blocked after the consent', async () => {
      await bank.query(`UPDATE bank.account SET is_blocked = true WHERE iban = '${IBAN}'`);
      const answer = await ask();
      await bank.query(`UPDATE bank.account SET is_blocked = false WHERE iban = '${IBAN}'`);
      expect(wordsOf(answer).slice(0, 3)).toEqual([403, 'CHANNEL_NOT_PERMITTED', 'B14800ZZ-3007-000000']);
    });

    it('a token that is unknown, or of account information', async () => {
      const { tokens } = await openAccount(tpp, 'marie-dubois', IBAN);
      for (const wrong of ['unknown', tokens.access_token])
        expect(wordsOf(await ask({ token: wrong })).slice(0, 3)).toEqual([
          401,
          'FAILED_SECURITY_VALIDATION',
          'GEN-1203-100003',
        ]);
    });

    it('a TPP without the role of issuing card-based instruments', async () => {
      const answer = await ask({}, new TestTpp(bank, bank.clients.paymentsOnly));
      expect(wordsOf(answer).slice(0, 3)).toEqual([403, 'INVALID_TPP', 'B14663ZZ-2100-000000']);
    });

    it('the form of older ages, whose path is unknown', async () => {
      expect((await ask({ method: 'GET', body: undefined })).status).toBe(404);
    });
  });
});
