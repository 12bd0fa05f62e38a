import { createSign } from 'node:crypto';
import { dumpDatabase } from '@consent-hub/testing';
import fc from 'fast-check';
import {
  REDIRECT_URI,
  startBankUnderTest,
  type BankUnderTest,
  type MachineAnswer,
  type MachineCall,
} from '../support/bank-under-test.js';
import { dataCall, jsonOf, openAccount, wordsOf } from '../support/data-calls.js';
import { ORDER, PaymentTpp, type PaymentDeviation } from '../support/payment-calls.js';
import { TestTpp } from '../support/test-tpp.js';
import { RECORDED_ORDERS } from './facts/payments.js';

const PRODUCTS = Object.keys(ORDER);
const ELSEWHERE = 'https://elsewhere.example/back?flow=7';

describe('the sandbox bank, set up to take payments of every age', () => {
  let bank: BankUnderTest;
  let tpp: PaymentTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest({ SANDBOX_CONTRACT: 'all' });
    tpp = new PaymentTpp(bank, bank.clients.paymentsOnly);
  }, 60_000);
  afterAll(() => bank.close());

  const initiation = (order: unknown, but: PaymentDeviation = {}): MachineCall =>
    tpp.initiation({ version: '1', body: JSON.stringify(order), ...but });

  it.each(Object.entries(RECORDED_ORDERS))(
    'answers %s with the URL for the PSU in the header Location',
    async (_who, order) => {
      const answer = await tpp.send(initiation(order));
      expect(answer.status).toBe(302);
      const { payment_id: id, ...others } = jsonOf(answer);
      expect(others).toEqual({});
      const url = String(answer.headers['location']);
      expect(url).toMatch(/launcher\.html\?appkey=PSD2_PIS&apptoken=/);
      const returned = await tpp.decide({ url, id: String(id) });
      const { access_token: token } = await tpp.pair(returned.searchParams.get('code') ?? '', '1');
      const details = jsonOf(await tpp.send(tpp.resource('details', String(id), { token })));
      expect(details).toMatchObject({
        debtor_account: { iban: order.origin_account.iban },
        creditor_account: { iban: order.remote_account.iban },
        creditor_name: order.remote_account.name,
        instructed_amount: { amount: order.amount.toFixed(2), currency: 'EUR' },
        endtoend_identification: order.payment_id,
      });
    },
  );

  it.each([
    [
      'no account to pay from',
      { origin_account: null },
      [400, 'missing_input', '10001', "Missing required input 'origin_account.iban'."],
    ],
    [
      'an account that is none',
      { origin_account: { iban: 'BE00' } },
      [400, 'invalid_input', '10002', "Input 'origin_account.iban' is not valid."],
    ],
    ['no amount', { amount: null }, [400, 'missing_input', '10001', "Missing required input 'amount'."]],
  ])('refuses %s in the words of that age', async (_what, change, words) => {
    const order = { ...RECORDED_ORDERS['a client of 2019'], ...change };
    const before = await dumpDatabase(bank.databaseUrl);
    expect(wordsOf(await tpp.send(initiation(order)))).toEqual(words);
    expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
  });

  it('refuses a bad access token in the words of that age', async () => {
    expect(
      wordsOf(await tpp.send(initiation(RECORDED_ORDERS['a client of 2019'], { token: 'invented' }))),
    ).toEqual([401, 'invalid_access_token', '10006', 'access_token is not valid.']);
  });

  it('knows one product in that version', async () => {
    const product = 'instant-sepa-credit-transfers';
    const answer = await tpp.send(initiation(RECORDED_ORDERS['a client of 2019'], { product }));
    expect(wordsOf(answer)).toEqual([400, 'invalid_input', '10002', "Input 'payment-product' is not valid."]);
  });
});

describe('the sandbox bank, sent payments that make no sense', () => {
  let bank: BankUnderTest;
  let tpp: PaymentTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest({ SANDBOX_CONTRACT: 'all' });
    tpp = new PaymentTpp(bank, bank.clients.paymentsOnly);
  }, 60_000);
  afterAll(() => bank.close());

  const MEMBERS = [
    ...Object.keys(ORDER['cross-border-credit-transfers']),
    ...Object.keys(RECORDED_ORDERS['a client of 2019']),
    'debtor_account',
    'requested_execution_date',
    'remittance_information_structured',
  ];

  it('never takes the blame for it', async () => {
    const member = fc.constantFrom(...MEMBERS);
    const change = fc.dictionary(member, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PRODUCTS),
        fc.constantFrom('1', '3'),
        change,
        fc.json(),
        fc.string(),
        async (product, version, order, body, id) => {
          const path = encodeURIComponent(id);
          const calls = [
            tpp.initiation({ product, version, order }),
            tpp.initiation({ product, version, body }),
            tpp.initiation({ product, version, body: id }),
            tpp.initiation({ product: path, version, order }),
            ...(['status', 'details', 'cancellation'] as const).map((name) =>
              tpp.resource(name, path, { product, token: 'a-token' }),
            ),
          ];
          for (const call of calls) {
            const answer = await tpp.send(call);
            expect([answer.status, answer.status < 500]).toEqual([answer.status, true]);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('the sandbox bank, set up to return an SCA token by a code', () => {
  let bank: BankUnderTest;

  beforeAll(async () => {
    bank = await startBankUnderTest({ SANDBOX_ASSUMPTIONS: 'sca_return=code' });
  }, 60_000);
  afterAll(() => bank.close());

  it('exchanges the code without a verifier, for a pair whose SCA token opens the old history', async () => {
    const tpp = new TestTpp(bank, bank.clients.belfius);
    const { tokens, logicalId } = await openAccount(tpp, 'marie-dubois', 'BE83063154780915');
    const ask = (token: string, headers: Record<string, string> = {}): Promise<MachineAnswer> => {
      const path = `/accounts/${logicalId}/transactions`;
      const query = { date_from: '2025-01-01' };
      return tpp.send(dataCall(tpp, { path, version: '3', token, query, headers }));
    };
    const { url } = jsonOf(await ask(tokens.access_token, { 'Redirect-URI': REDIRECT_URI }));
    const returned = await tpp.decide({ consent_uri: `${String(url)}&state=s`, decision: 'approve' });
    expect([...returned.searchParams.keys()]).toEqual(['flow', 'code', 'state']);
    const code = returned.searchParams.get('code') ?? '';
    const pair = await tpp.ok<{ access_token: string; sca_token: string }>(
      tpp.call('code', { code }, { fields: { code_verifier: null } }),
    );
    expect((await ask(pair.access_token, { 'SCA-Token': pair.sca_token })).status).toBe(200);
  });
});

describe('the sandbox bank, set up otherwise where its pages leave a choice', () => {
  let bank: BankUnderTest;
  let tpp: PaymentTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest({
      SANDBOX_ASSUMPTIONS: [
        'payment_signature=required',
        'sca_url=description',
        'redirect_uri=any',
        'redirect_query=dropped',
        'state=required',
        'technical_failure=temporarily_unavailable',
        'error_description=absent',
      ].join(),
    });
    tpp = new PaymentTpp(bank, bank.clients.paymentsOnly);
  }, 60_000);
  afterAll(() => bank.close());

  /** As a known client signs: three parts in the base64 of RFC 4648 section 4. */
  const signed = (body: string | Buffer = '', signs: string | Buffer = body): Record<string, string> => {
    const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
    const input = `${base64('{"typ":"JWT","alg":"RS256"}')}.${base64(signs)}`;
    const signature = createSign('RSA-SHA256').update(input).sign(bank.clients.paymentsOnly.certificate.key);
    return { Signature: `${input}.${base64(signature)}` };
  };
  const initiation = (but: PaymentDeviation = {}): MachineCall => {
    const headers = { ...signed(tpp.initiation(but).body), ...but.headers };
    return tpp.initiation({ ...but, headers });
  };
  /** The link is in the description now. */
  const initiated = async (but: PaymentDeviation = {}): Promise<{ url: string; id: string }> => {
    const { error_description: text, payment_id: id, ...others } = jsonOf(await tpp.send(initiation(but)));
    expect(Object.keys(others)).toEqual(['error', 'error_code']);
    return { url: /https?:\S+$/.exec(String(text))?.[0] ?? '', id: String(id) };
  };

  it('takes a payment that is signed, and says in the description where to send the PSU', async () => {
    const payment = await initiated();
    await tpp.decide(payment);
    expect(await tpp.statusOf(payment)).toBe('ACSC');
  });

  it.each([
    ['none', { Signature: null }, 'GEN-1201-100001'],
    ['one that has no three parts', { Signature: 'test' }, 'GEN-1202-100001'],
  ])('refuses %s for a signature', async (_what, headers, code) => {
    expect(wordsOf(await tpp.send(initiation({ headers })))[2]).toBe(code);
  });

  it('refuses the signature of another body', async () => {
    const headers = signed('{}');
    expect(wordsOf(await tpp.send(tpp.initiation({ headers })))[2]).toBe('GEN-1203-100008');
  });

  it('sends the PSU back to any address of the TPP, without the query of that address', async () => {
    const payment = await initiated({ headers: { 'Redirect-URI': ELSEWHERE } });
    const returned = await tpp.decide(payment);
    expect(returned.origin + returned.pathname).toBe('https://elsewhere.example/back');
    expect([...returned.searchParams.keys()]).toEqual(['code', 'state']);
  });

  it('calls a failure temporary, and explains nothing', async () => {
    const returned = await tpp.decide(await initiated(), { decision: 'fail' });
    expect(Object.fromEntries(returned.searchParams)).toEqual({
      error: 'temporarily_unavailable',
      state: 's',
    });
  });

  it('opens no link without a state', async () => {
    const { url } = await initiated();
    const page = await fetch(url, { redirect: 'manual' });
    expect([page.status, page.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    await expect(tpp.tpp.decide({ consent_uri: url, decision: 'approve' })).rejects.toThrow('state_required');
    expect((await fetch(`${url}&state=s`, { redirect: 'manual' })).status).toBe(303);
  });
});
