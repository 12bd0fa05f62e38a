import { dumpDatabase } from '@consent-hub/testing';
import { startBankUnderTest, type BankUnderTest, type MachineCall } from '../support/bank-under-test.js';
import { jsonOf, wordsOf } from '../support/data-calls.js';
import { ORDER, PaymentTpp } from '../support/payment-calls.js';
import { TestTpp } from '../support/test-tpp.js';
import { PAYMENT_REFUSALS, PAYMENTS_TAKEN } from './facts/payments.js';

const SCA = [
  401,
  'SCA_REQUIRED',
  'B14800ZZ-0PLC-REDRCT',
  'SCA is required. Please follow the corresponding URL in the response body.',
];
const INVALID_TOKEN = [401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100003', 'Invalid access token'];
const NO_ACCESS = [
  403,
  'ACCESS_DENIED',
  'B14800ZZ-3004-000000',
  'Access is not ok for this account. Please contact customer support.',
];
const UNKNOWN = [404, 'NOT_FOUND', 'SANDBOX-404', 'No such payment.'];
const TOO_LATE = [409, 'CONFLICT', 'SANDBOX-409', 'The payment can no longer be cancelled.'];
const DAY_SECONDS = 86_400;
const JAN = { psu: 'jan-peeters', ibans: ['BE49068223114171'] };

describe('the sandbox bank, asked for payments', () => {
  let bank: BankUnderTest;
  let tpp: PaymentTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    tpp = new PaymentTpp(bank, bank.clients.paymentsOnly);
  }, 60_000);
  afterAll(() => bank.close());

  const words = async (call: MachineCall): Promise<unknown[]> => wordsOf(await tpp.send(call));
  let aheadSeconds = 0;
  const advance = (seconds: number): Promise<void> => {
    aheadSeconds += seconds;
    return bank.advance(seconds);
  };
  /** By the calendar and the clock of the bank. */
  const day = (days: number): string =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(
      Date.now() + (aheadSeconds + days * DAY_SECONDS) * 1000,
    );

  describe('to initiate one', () => {
    it.each(PAYMENT_REFUSALS)('refuses $fact ($source)', async ({ but, answer }) => {
      const before = await dumpDatabase(bank.databaseUrl);
      expect(await words(tpp.initiation(but))).toEqual(answer);
      expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
    });

    it.each(PAYMENTS_TAKEN)('takes $fact ($source)', async ({ but }) => {
      const call = tpp.initiation(but);
      const answer = await tpp.send(call);
      expect(wordsOf(answer)).toEqual(SCA);
      const { url, payment_id, ...others } = jsonOf(answer);
      expect(Object.keys(others)).toEqual(['error', 'error_code', 'error_description']);
      const uri = new URL(String(url));
      expect(uri.origin + uri.pathname).toBe(
        `${bank.running.controlUrl}/belfius/common/fr/fw/generic/launcher.html`,
      );
      expect(uri.searchParams.get('appkey')).toBe('PSD2_PIS');
      expect(payment_id).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.headers['response-id']).toBe(call.headers.find(([name]) => name === 'Request-ID')?.[1]);
      expect((await fetch(`${String(url)}&state=s`, { redirect: 'manual' })).status).toBe(303);
    });

    it('leads to the screens of the language that it is asked for', async () => {
      const { url } = await tpp.initiated({ headers: { 'Accept-Language': 'nl' } });
      expect(new URL(url).pathname).toContain('/common/nl/');
    });

    it('refuses a TPP that is no payment initiator, and changes nothing', async () => {
      const before = await dumpDatabase(bank.databaseUrl);
      const other = new PaymentTpp(bank, bank.clients.belfius);
      const refused = [403, 'INVALID_TPP', 'B14663ZZ-2100-000000', 'No Active TPP found.'];
      expect(await words(other.initiation())).toEqual(refused);
      expect(await words(other.resource('status', 'any'))).toEqual(refused);
      expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
    });

    it('refuses to pay abroad from Banx, and pays within SEPA', async () => {
      const banx = new PaymentTpp(bank, bank.clients.banxPayments);
      expect(await words(banx.initiation({ product: 'cross-border-credit-transfers' }))).toEqual([
        403,
        'INVALID_PAYMENT',
        'B14821ZZ-2121-000000',
        'Non SEPA payment is not allowed for this account',
      ]);
      const payment = await banx.initiated();
      expect(new URL(payment.url).pathname).toMatch(/^\/banx\//);
      await banx.decide(payment);
      expect(await banx.statusOf(payment)).toBe('ACSC');
    });
  });

  describe('when the PSU has decided', () => {
    it('pays nothing before', async () => {
      expect(await tpp.statusOf(await tpp.initiated())).toBe('RCVD');
    });

    it('brings a code and the state to a TPP that sent no token, and has paid', async () => {
      const payment = await tpp.initiated();
      const returned = await tpp.decide(payment, JAN, 'a%20b');
      expect([...returned.searchParams.keys()]).toEqual(['flow', 'code', 'state']);
      expect(returned.searchParams.get('state')).toBe('a b');
      expect(await tpp.statusOf(payment)).toBe('ACSC');
    });

    it('brings the state alone to a TPP that sent a token', async () => {
      const { access_token: token } = await tpp.signed({}, JAN);
      const payment = await tpp.initiated({ token });
      const returned = await tpp.decide(payment);
      expect(Object.fromEntries(returned.searchParams)).toEqual({ flow: '1', state: 's' });
      expect(await tpp.statusOf(payment)).toBe('ACSC');
    });

    it.each([
      ['refuse', 'access_denied'],
      ['fail', 'server_error'],
    ])('has rejected the payment after %s', async (decision, error) => {
      const payment = await tpp.initiated();
      const returned = await tpp.decide(payment, { decision });
      expect(returned.searchParams.get('error')).toBe(error);
      expect(await tpp.statusOf(payment)).toBe('RJCT');
    });

    it('pays from the account that the TPP named, and from no other', async () => {
      const order = { debtor_account: { iban: 'BE60068223114070' } };
      const payment = await tpp.initiated({ order });
      await expect(tpp.decide(payment, JAN)).rejects.toThrow('409');
      expect(await tpp.statusOf(payment)).toBe('RCVD');
      await tpp.decide(payment, { psu: 'jan-peeters' });
      expect(await tpp.statusOf(payment)).toBe('ACSC');
    });

    it('lets only the PSU sign whom the token names', async () => {
      const { access_token: token } = await tpp.signed({}, JAN);
      const payment = await tpp.initiated({ token });
      await expect(tpp.decide(payment, { psu: 'marie-dubois' })).rejects.toThrow('other_psu');
      expect(await tpp.statusOf(payment)).toBe('RCVD');
      const order = { debtor_account: { iban: 'BE83063154780915' } };
      expect(await words(tpp.initiation({ token, order }))).toEqual(NO_ACCESS);
    });

    it('waits for the day of a payment that names one', async () => {
      const order = { requested_execution_date: day(3) };
      const payment = await tpp.signed({ order }, JAN);
      expect(await tpp.statusOf(payment)).toBe('PDNG');
      const today = await tpp.signed({ order: { requested_execution_date: day(0) } }, JAN);
      expect(await tpp.statusOf(today)).toBe('ACSC');
      await advance(4 * DAY_SECONDS);
      expect(await tpp.statusOf(payment)).toBe('ACSC');
    });

    it('has rejected a payment whose link has grown old', async () => {
      const payment = await tpp.initiated();
      await advance(901);
      await expect(tpp.decide(payment)).rejects.toThrow('authorization_expired');
      expect(await tpp.statusOf(payment)).toBe('RJCT');
    });
  });

  describe('for the pair of payments', () => {
    it.each(['2', '3'])('exchanges the code in version %s, and refreshes', async (version) => {
      const returned = await tpp.decide(await tpp.initiated(), JAN);
      const first = await tpp.pair(returned.searchParams.get('code') ?? '', version);
      expect(first.scope).toBe('PIS');
      const second = await tpp.tpp.ok<{ access_token: string }>(
        tpp.tpp.call('refresh', { token: first.refresh_token }, { version }),
      );
      expect(await words(tpp.initiation({ token: first.access_token }))).toEqual(INVALID_TOKEN);
      expect(await words(tpp.initiation({ token: second.access_token }))).toEqual(SCA);
    });

    it('replaces the pair of the same PSU, and leaves that of another', async () => {
      const jan = await tpp.signed({}, JAN);
      const marie = await tpp.signed({}, { psu: 'marie-dubois' });
      const again = await tpp.signed({}, JAN);
      expect(await words(tpp.initiation({ token: jan.access_token }))).toEqual(INVALID_TOKEN);
      for (const { access_token: token } of [marie, again])
        expect(await words(tpp.initiation({ token }))).toEqual(SCA);
    });

    it('takes the verifier of the initiation, and no other', async () => {
      const returned = await tpp.decide(await tpp.initiated(), JAN);
      const code = returned.searchParams.get('code') ?? '';
      const wrong = tpp.tpp.call('code', { code }, { fields: { code_verifier: 'x'.repeat(43) } });
      expect((await words(wrong))[2]).toBe('GEN-1203-100008');
      expect((await tpp.pair(code)).scope).toBe('PIS');
    });

    it('is invalid once the PSU has withdrawn it, until the next payment', async () => {
      const { access_token: token } = await tpp.signed({}, JAN);
      const path = '/sandbox/psus/jan-peeters/withdraw';
      const headers = { 'content-type': 'application/json' };
      await fetch(bank.running.controlUrl + path, { method: 'POST', headers, body: '{}' });
      const refused = await words(tpp.initiation({ token }));
      expect(refused.slice(0, 3)).toEqual([403, 'NO_ACTIVE_CONSENT', 'B14800ZZ-3013-000000']);
      const { access_token: next } = await tpp.signed({}, JAN);
      expect(await words(tpp.initiation({ token: next }))).toEqual(SCA);
    });

    it('takes no token of another scope', async () => {
      const accounts = new TestTpp(bank, bank.clients.belfius);
      const { access_token: token } = await accounts.firstPair();
      expect(await words(tpp.initiation({ token }))).toEqual(INVALID_TOKEN);
    });
  });

  describe('about one', () => {
    it('returns its status without a token, and refuses an invalid one', async () => {
      const { id } = await tpp.initiated();
      const answer = await tpp.send(tpp.resource('status', id));
      expect([answer.status, jsonOf(answer)]).toEqual([200, { payment_id: id, transaction_status: 'RCVD' }]);
      expect(await words(tpp.resource('status', id, { token: 'invented' }))).toEqual(INVALID_TOKEN);
    });

    it('returns its details to a TPP with the pair of its PSU', async () => {
      const { id, access_token: token } = await tpp.signed({}, JAN);
      const answer = await tpp.send(
        tpp.resource('details', id, { token, headers: { 'Payment-ID-Type': 'INTERNAL' } }),
      );
      expect([answer.status, jsonOf(answer)]).toEqual([
        200,
        {
          payment_id: id,
          transaction_status: 'ACSC',
          payment_product: 'sepa-credit-transfers',
          debtor_account: { iban: JAN.ibans[0] },
          ...ORDER['sepa-credit-transfers'],
        },
      ]);
    });

    it('returns all of a payment abroad', async () => {
      const product = 'cross-border-credit-transfers';
      const { id, access_token: token } = await tpp.signed({ product }, JAN);
      const { bban, bankNationalID } = ORDER[product].creditor_account;
      expect(jsonOf(await tpp.send(tpp.resource('details', id, { product, token })))).toMatchObject({
        ...ORDER[product],
        creditor_account: { bban, bankNationalID },
      });
    });

    it.each(['details', 'cancellation'] as const)(
      'gives no %s without a good token of its PSU',
      async (name) => {
        const { id } = await tpp.signed({}, JAN);
        const { access_token: other } = await tpp.signed({}, { psu: 'marie-dubois' });
        expect((await words(tpp.resource(name, id)))[2]).toBe('GEN-1201-100001');
        expect(await words(tpp.resource(name, id, { token: 'invented' }))).toEqual(INVALID_TOKEN);
        expect(await words(tpp.resource(name, id, { token: other }))).toEqual(NO_ACCESS);
      },
    );

    it('knows none of another TPP, brand or product, and none that was not initiated', async () => {
      const { id } = await tpp.initiated();
      const others = [bank.clients.otherPayments, bank.clients.banxPayments];
      for (const client of others) {
        expect(await words(new PaymentTpp(bank, client).resource('status', id))).toEqual(UNKNOWN);
      }
      const product = 'instant-sepa-credit-transfers';
      expect(await words(tpp.resource('status', id, { product }))).toEqual(UNKNOWN);
      for (const none of ['1234-wertiq-983', '0198c3a0-0000-7000-8000-000000000001', '%00'])
        expect(await words(tpp.resource('status', none))).toEqual(UNKNOWN);
    });

    it.each([
      ['no Accept-Language', { 'Accept-Language': null }, 'GEN-1201-100001'],
      ['a kind of id that it does not know', { 'Payment-ID-Type': 'EXTERNAL' }, 'GEN-1202-100001'],
    ])('refuses %s', async (_what, headers, code) => {
      const { id } = await tpp.initiated();
      expect((await words(tpp.resource('status', id, { headers })))[2]).toBe(code);
    });
  });

  describe('to cancel one', () => {
    it('takes back what waits for its day', async () => {
      const order = { requested_execution_date: day(3) };
      const { id, access_token: token } = await tpp.signed({ order }, JAN);
      const answer = await tpp.send(tpp.resource('cancellation', id, { token }));
      expect([answer.status, jsonOf(answer)]).toEqual([200, { payment_id: id, transaction_status: 'CANC' }]);
      await advance(4 * DAY_SECONDS);
      expect(await tpp.statusOf({ id })).toBe('CANC');
    });

    it('takes back what is not signed, whose link leads nowhere then', async () => {
      const { access_token: token } = await tpp.signed({}, JAN);
      const payment = await tpp.initiated({ token });
      await tpp.send(tpp.resource('cancellation', payment.id, { token }));
      expect(await tpp.statusOf(payment)).toBe('CANC');
      await expect(tpp.decide(payment)).rejects.toThrow('authorization_decided');
      expect(await tpp.statusOf(payment)).toBe('CANC');
    });

    it('comes too late for what is paid, rejected or cancelled', async () => {
      const { id, access_token: token } = await tpp.signed({}, JAN);
      const refused = await tpp.initiated({ token });
      await tpp.decide(refused, { decision: 'refuse' });
      const cancelled = await tpp.initiated({ token });
      await tpp.send(tpp.resource('cancellation', cancelled.id, { token }));
      for (const each of [id, refused.id, cancelled.id]) {
        const before = await tpp.statusOf({ id: each });
        expect(await words(tpp.resource('cancellation', each, { token }))).toEqual(TOO_LATE);
        expect(await tpp.statusOf({ id: each })).toBe(before);
      }
    });

    it('of a signature and a cancellation at once, does one', async () => {
      const { access_token: token } = await tpp.signed({}, JAN);
      for (let round = 0; round < 5; round++) {
        const payment = await tpp.initiated({ token });
        const [signed, cancelled] = await Promise.allSettled([
          tpp.decide(payment),
          tpp.send(tpp.resource('cancellation', payment.id, { token })),
        ]);
        const isCancelled = cancelled.status === 'fulfilled' && cancelled.value.status === 200;
        expect(signed.status === 'fulfilled').toBe(!isCancelled);
        expect(await tpp.statusOf(payment)).toBe(isCancelled ? 'CANC' : 'ACSC');
      }
    });
  });
});
