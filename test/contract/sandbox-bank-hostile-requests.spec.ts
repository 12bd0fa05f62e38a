import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { dumpDatabase } from '@consent-hub/testing';
import fc from 'fast-check';
import { startBankUnderTest, type BankUnderTest, type MachineCall } from '../support/bank-under-test.js';
import { dataCall, openAccounts } from '../support/data-calls.js';
import { bytesOf, hostile, wireRequest, type WireRequest } from '../support/hostile-requests.js';
import { PaymentTpp } from '../support/payment-calls.js';
import { sendRaw, type RawAnswer, type RawTarget } from '../support/raw-http.js';
import { TestTpp } from '../support/test-tpp.js';
import { UNREADABLE_REQUESTS } from './facts/unreadable-requests.js';

const RUNS_A_PORT = 200;
const UNKNOWN_IBAN = 'BE68539007547034';

/** Every endpoint, called so that but for one late fault it would do something. */
async function almostGood(bank: BankUnderTest, brand: Brand): Promise<Record<string, WireRequest>> {
  const tpp = new TestTpp(bank, bank.clients[brand]);
  const { tokens, accounts } = await openAccounts(tpp);
  const token = tokens.access_token;
  const path = `/accounts/${accounts[0]?.logical_id}`;
  const payments = new PaymentTpp(bank, bank.clients[brand === 'belfius' ? 'paymentsOnly' : 'banxPayments']);
  const body = { account: { iban: UNKNOWN_IBAN }, instructed_amount: { currency: 'EUR', amount: '0' } };
  const calls: Record<string, MachineCall> = {
    consentUris: tpp.call('AIS consent URIs', {}, { query: { scope: 'PIS' } }),
    consentUris1: tpp.call('AIS consent URIs', {}, { version: '1', query: { iban: UNKNOWN_IBAN } }),
    consentUris3: tpp.call('CAF consent URIs', {}, { query: { iban: UNKNOWN_IBAN } }),
    code: tpp.call('code'),
    code1: tpp.call('code', {}, { version: '1' }),
    refresh: tpp.call('refresh'),
    refresh2: tpp.call('refresh', {}, { version: '2' }),
    accounts: tpp.call('accounts', { token }),
    account: dataCall(tpp, { path, version: '3', token }),
    transactions: dataCall(tpp, {
      path: `${path}/transactions`,
      version: '2',
      token,
      query: { pagesize: '5' },
    }),
    funds: dataCall(tpp, { method: 'POST', path: '/funds-confirmations', version: '1', token, body }),
    payment: payments.initiation({ order: { instructed_amount: { amount: '0.00', currency: 'EUR' } } }),
    payment1: payments.initiation({ version: '1', body: '{}' }),
    status: payments.resource('status', 'nothing'),
    cancellation: payments.resource('cancellation', 'nothing', { token }),
  };
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, wireRequest(call)]));
}

const json = (method: string, path: string, body: unknown): WireRequest =>
  wireRequest({
    method,
    path,
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify(body),
    certificate: null,
  });
const get = (path: string): WireRequest =>
  wireRequest({ method: 'GET', path, headers: [], certificate: null });

/** The plain port's calls, all but the one that empties the bank. */
const CONTROL_CALLS: Record<string, WireRequest> = {
  page: get('/?done=nothing'),
  ledger: get('/sandbox/ledger?consent=unknown'),
  psus: get('/sandbox/psus'),
  live: get('/health/live'),
  launcher: get('/belfius/common/fr/fw/generic/launcher.html?appkey=PSD2_AIS&apptoken=nothing&state=s'),
  visit: get('/belfius/authorize/00000000-0000-4000-8000-000000000000/fr/log-in'),
  decision: json('POST', '/sandbox/authorizations', { consent_uri: 'nothing', decision: 'approve' }),
  fault: json('PUT', '/sandbox/faults', { name: 'nothing' }),
  clock: json('POST', '/sandbox/clock', { advance_seconds: -1 }),
  withdrawal: json('POST', '/sandbox/psus/unknown/withdraw', { scope: 'AIS' }),
  form: wireRequest({
    method: 'POST',
    path: '/sandbox/page/clock',
    headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    body: 'advance_seconds=-1',
    certificate: null,
  }),
};

describe('the sandbox bank, sent bytes without an HTTP library', () => {
  let bank: BankUnderTest;
  let untouched: string;
  const machineCalls = new Map<Brand, Record<string, WireRequest>>();

  beforeAll(async () => {
    bank = await startBankUnderTest({ SANDBOX_CONTRACT: 'all' });
    for (const brand of BRANDS) machineCalls.set(brand, await almostGood(bank, brand));
    untouched = await dumpDatabase(bank.databaseUrl);
  }, 60_000);
  afterAll(() => bank.close());
  afterEach(async () => expect(await dumpDatabase(bank.databaseUrl)).toBe(untouched));

  const machine = (brand: Brand): RawTarget => ({
    url: bank.running.apiUrls[brand],
    tls: { authority: bank.authority, client: bank.clients[brand].certificate },
  });

  const survives = (
    target: RawTarget,
    requests: Readonly<Record<string, WireRequest>>,
    check: (answer: RawAnswer) => void,
  ): Promise<void> =>
    fc.assert(
      fc.asyncProperty(hostile(requests), async (request) => {
        const answer = await sendRaw(target, bytesOf(request), request.isCut);
        expect(answer.status ?? 0).toBeLessThan(500);
        check(answer);
      }),
      { numRuns: RUNS_A_PORT, endOnFailure: true },
    );

  it.each(BRANDS)(
    'answers everything that comes to the machine port of %s, without fault and without effect',
    async (brand) => {
      await survives(machine(brand), machineCalls.get(brand) ?? {}, ({ status, headers, body }) => {
        if (status === null || status < 400 || body === '' || !headers.has('content-type')) return;
        const words = JSON.parse(body) as Record<string, unknown>;
        expect(Object.keys(words)).toEqual(['error', 'error_code', 'error_description']);
        expect(Object.values(words).every((each) => typeof each === 'string')).toBe(true);
      });
    },
    60_000,
  );

  it('answers everything that comes to the plain port, without fault and without effect', async () => {
    await survives({ url: bank.running.controlUrl }, CONTROL_CALLS, () => undefined);
  }, 60_000);

  it.each(UNREADABLE_REQUESTS)(
    'refuses $what in the bank’s words, and says whose answer it is where it knows',
    async ({ rest, isKnown, status, code, description }) => {
      const request = machineCalls.get('belfius')?.['refresh'];
      const head = [`POST /token HTTP/1.1`, 'Host: bank.example', ...(request?.lines ?? [])].join('\r\n');
      const answer = await sendRaw(machine('belfius'), Buffer.from(`${head}\r\n${rest}`));
      expect([answer.status, JSON.parse(answer.body)]).toEqual([
        status,
        { error: 'INVALID_INPUT', error_code: code, error_description: description },
      ]);
      expect(answer.headers.get('content-type')).toBe('application/json;charset=utf-8');
      const [, sent] = /^Request-ID: (.*)$/m.exec(head.replaceAll('\r', '')) ?? [];
      expect(answer.headers.get('response-id')).toBe(isKnown ? sent : undefined);
    },
  );
});
