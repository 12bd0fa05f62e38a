import { dumpDatabase } from '@consent-hub/testing';
import { Client } from 'pg';
import { startSandboxBank, type RunningBank } from '../../apps/sandbox-bank/src/bootstrap.js';
import { FAULT_NAMES } from '../../apps/sandbox-bank/src/model/faults/faults.js';
import { startBankUnderTest, type BankUnderTest, type MachineAnswer } from '../support/bank-under-test.js';
import { dataCall } from '../support/data-calls.js';
import { PaymentTpp } from '../support/payment-calls.js';
import { BankControl } from '../support/bank-control.js';
import { TestTpp } from '../support/test-tpp.js';
import { TOKEN_FAULTS } from './facts/faults.js';

type Call = ReturnType<TestTpp['call']>;

jest.setTimeout(30_000);

/** The connection was closed or reset. */
const CUT: readonly unknown[] = ['UND_ERR_SOCKET', 'ECONNRESET'];
const LONGEST_MS = 600_000;

/** Calls whose caller is accepted, with any result. */
const DATA_CALLS = [
  { endpoint: 'GET /accounts', method: 'GET', path: '/accounts', version: '3' },
  { endpoint: 'GET /accounts/{logical-id}', method: 'GET', path: '/accounts/known', version: '3' },
  {
    endpoint: 'GET /accounts/{logical-id}/transactions',
    method: 'GET',
    path: '/accounts/known/transactions',
    version: '3',
  },
  { endpoint: 'POST /funds-confirmations', method: 'POST', path: '/funds-confirmations', version: '1' },
  {
    endpoint: 'POST /payments/{payment-product}',
    method: 'POST',
    path: '/payments/sepa-credit-transfers',
    version: '3',
  },
  {
    endpoint: 'GET /payments/{payment-product}/{payment-id}',
    method: 'GET',
    path: '/payments/sepa-credit-transfers/known',
    version: '1',
  },
  {
    endpoint: 'DELETE /payments/{payment-product}/{payment-id}',
    method: 'DELETE',
    path: '/payments/sepa-credit-transfers/known',
    version: '1',
  },
  {
    endpoint: 'GET /payments/{payment-product}/{payment-id}/status',
    method: 'GET',
    path: '/payments/sepa-credit-transfers/known/status',
    version: '1',
  },
] as const;

describe('a fault of the sandbox bank', () => {
  let bank: BankUnderTest;
  let control: BankControl;
  let tpp: TestTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    control = new BankControl(bank.running.controlUrl);
    tpp = new TestTpp(bank, bank.clients.belfius);
  }, 60_000);
  afterAll(() => bank.close());
  beforeEach(() => control.reset());

  /** Null when there is no answer. */
  const meet = (call: Call, to?: RunningBank): Promise<MachineAnswer | null> =>
    bank.send(call, to).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && CUT.includes(error.code)) return null;
      throw error;
    });
  const requestIdOf = ({ headers }: Call) => headers.find(([name]) => name === 'Request-ID')?.[1];
  const statuses = async (calls: readonly Promise<MachineAnswer | null>[]): Promise<number[]> =>
    (await Promise.all(calls)).map((answer) => answer?.status ?? 0).sort((a, b) => a - b);
  const accounts = async (): Promise<Call> =>
    tpp.call('accounts', { token: (await tpp.firstPair()).access_token });

  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const lostAnswers = async (): Promise<number | undefined> => {
    const client = new Client({ connectionString: bank.databaseUrl, application_name: 'consent-hub-test' });
    await client.connect();
    const { rows } = await client.query<{ lost: number }>(
      `SELECT (SELECT count(answer_lost_at) FROM bank.rotated_refresh_token)::int
            + (SELECT count(code_answer_lost_at) FROM bank.psu_authorization)::int AS lost`,
    );
    await client.end();
    return rows[0]?.lost;
  };

  const GRANTS = {
    'an exchange': {
      grant: 'authorization_code',
      count: 'authorization_code_grants',
      replays: 'code_replays',
      prepare: async () => tpp.call('code', { code: await tpp.code() }),
    },
    'a refresh': {
      grant: 'refresh_token',
      count: 'refresh_grants',
      replays: 'refresh_replays',
      prepare: async () => tpp.call('refresh', { token: (await tpp.firstPair()).refresh_token }),
    },
  } as const;

  it('is described, for every fault: at the token endpoint or on the way back', () => {
    expect([...TOKEN_FAULTS.map(({ name }) => name), 'no_state_on_error', 'bare_return']).toEqual(
      FAULT_NAMES,
    );
  });

  describe.each(Object.entries(GRANTS))('at %s', (_what, { grant, count, replays, prepare }) => {
    it.each(TOKEN_FAULTS)('is what is said of $name (acts: $acts)', async ({ name, acts, meets }) => {
      const call = await prepare();
      const before = (await control.ledger())[count];
      await control.fault({ name, times: 1, grant_type: grant, ...(name === 'slow' && { delay_ms: 200 }) });
      const sent = performance.now();
      const answer = await meet(call);

      if (name === 'slow') expect(performance.now() - sent).toBeGreaterThanOrEqual(199);
      expect(answer?.status).toBe(meets?.status);
      if (answer && meets) {
        const { 'content-type': type, 'response-id': echo } = answer.headers;
        expect({ type, echo }).toEqual(
          meets.isForeign
            ? { type: 'text/html' }
            : { type: 'application/json;charset=utf-8', echo: requestIdOf(call) },
        );
        if (meets.body) expect(JSON.parse(answer.text)).toMatchObject(meets.body);
        else expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError);
        if (meets.without !== undefined) expect(JSON.parse(answer.text)).not.toHaveProperty(meets.without);
      }
      expect(await control.ledger()).toMatchObject({ [count]: before + (acts ? 1 : 0), [replays]: 0 });
      expect(await control.faults()).toMatchObject([{ name, remaining: 0, struck: 1 }]);

      // What was not acted upon is good still; what was, is spent.
      const again = await meet(
        tpp.call(grant === 'refresh_token' ? 'refresh' : 'code', {}, { body: call.body ?? '' }),
      );
      expect(again?.status).toBe(acts ? 401 : 200);
      // A whole answer with the pair had gone out, or none: then the second call is a careful probe.
      const isWhole = meets !== null && meets.body !== null && meets.status === 200 && !('without' in meets);
      expect(await control.ledger()).toMatchObject({
        [count]: before + 1,
        [replays]: acts ? 1 : 0,
        double_spends: acts && isWhole ? 1 : 0,
        probes_after_lost_answer: acts && !isWhole ? 1 : 0,
      });
    });

    it('leaves a probe careful where the caller has left before its answer went out', async () => {
      const call = await prepare();
      const before = (await control.ledger())[count];
      await control.fault({ name: 'slow', times: 1, grant_type: grant, delay_ms: 60_000 });
      const leaving = new AbortController();
      const left = bank.send({ ...call, signal: leaving.signal }).catch(() => 'left');
      await until(async () => (await control.ledger())[count] === before + 1);
      leaving.abort();
      expect(await left).toBe('left');
      await until(async () => (await lostAnswers()) === 1);
      const again = tpp.call(grant === 'refresh_token' ? 'refresh' : 'code', {}, { body: call.body ?? '' });
      expect((await meet(again))?.status).toBe(401);
      const probed = { [replays]: 1, double_spends: 0, probes_after_lost_answer: 1 };
      expect(await control.ledger()).toMatchObject(probed);
    });

    it('of the other grant does not strike', async () => {
      const call = await prepare();
      const other = grant === 'refresh_token' ? 'authorization_code' : 'refresh_token';
      await control.fault({ name: 'error_503', endpoint: '/token', grant_type: other });
      expect((await meet(call))?.status).toBe(200);
    });

    it('after the act leaves a refusal as it is, and is not used up', async () => {
      for (const name of ['rotate_then_drop', 'rotate_then_500', 'broken_json', 'missing_field'])
        await control.fault({ name, endpoint: '/token', times: 1 });
      const answer = await meet(tpp.call(grant === 'refresh_token' ? 'refresh' : 'code'));
      expect(answer?.status).toBe(401);
      expect((await control.faults()).map(({ struck }) => struck)).toEqual([0, 0, 0, 0]);
    });
  });

  describe('of the way back', () => {
    const decide = async (decision: string): Promise<string[]> => {
      const [link] = await tpp.ok<{ consent_uri: string }[]>(tpp.call('AIS consent URIs'));
      const back = await tpp.decide({ consent_uri: `${link?.consent_uri}&state=s-1`, decision });
      return [...back.searchParams.keys()].filter((name) => name !== 'flow' && name !== 'error_description');
    };

    it.each([
      ['no_state_on_error', 'refuse', ['error']],
      ['no_state_on_error', 'fail', ['error']],
      ['no_state_on_error', 'approve', ['code', 'state']],
      ['bare_return', 'refuse', ['state']],
      ['bare_return', 'fail', ['state']],
      ['bare_return', 'approve', ['state']],
    ])('%s makes of the return of who would %s: %j', async (name, decision, parameters) => {
      await control.fault({ name, times: 1 });
      expect(await decide(decision)).toEqual(parameters);
      const isSpared = parameters.includes('code');
      expect(await control.faults()).toMatchObject([
        { name, endpoint: '/callback', struck: isSpared ? 0 : 1 },
      ]);
      if (!isSpared) expect(await decide('refuse')).toEqual(['error', 'state']);
    });

    it('affects one brand only, if a brand is given', async () => {
      await control.fault({ name: 'bare_return', brand: 'banx' });
      expect(await decide('approve')).toEqual(['code', 'state']);
    });
  });

  describe('at other endpoints', () => {
    it.each([
      ['GET /accounts', accounts],
      ['consent-uris', () => Promise.resolve(tpp.call('AIS consent URIs'))],
    ])('strikes %s, each in its way', async (endpoint, prepare) => {
      const call = await prepare();
      const whole = JSON.parse((await meet(call))?.text ?? '') as object[];
      for (const name of [
        'drop_before_rotate',
        'rotate_then_drop',
        'rotate_then_500',
        'error_500',
        'error_503',
      ])
        await control.fault({ name, endpoint, times: 1 });
      for (const name of ['broken_json', 'missing_field']) await control.fault({ name, endpoint, times: 1 });
      const met: (MachineAnswer | null)[] = [];
      for (let at = 0; at < 8; at++) met.push(await meet(call));
      expect(met.map((answer) => answer?.status)).toEqual([
        undefined,
        500,
        503,
        undefined,
        500,
        200,
        200,
        200,
      ]);
      expect(() => JSON.parse(met[5]?.text ?? '') as unknown).toThrow(SyntaxError);
      const [firstField = ''] = Object.keys(whole[0] ?? {});
      expect(JSON.parse(met[6]?.text ?? '')).toHaveLength(whole.length);
      expect(met[6]?.text).not.toContain(firstField);
      expect(met[7]?.text).toContain(firstField);
    });

    it('affects every endpoint, unless an endpoint is given', async () => {
      await control.fault({ name: 'error_503', times: 3 });
      for (const name of ['AIS consent URIs', 'refresh', 'accounts'] as const)
        expect((await meet(tpp.call(name)))?.status).toBe(503);
      expect((await meet(tpp.call('AIS consent URIs')))?.status).toBe(200);
    });

    it.each(DATA_CALLS)(
      'strikes $endpoint, and not its neighbours',
      async ({ endpoint, method, path, version }) => {
        const call = dataCall(tpp, { method, path, version, token: 'a-token' });
        await control.fault({ name: 'error_503', endpoint, times: 1 });
        const neighbours = DATA_CALLS.filter(({ endpoint: other }) => other !== endpoint);
        for (const other of neighbours)
          expect((await meet(dataCall(tpp, { ...other, token: 'a-token' })))?.status).toBeLessThan(500);
        expect((await meet(call))?.status).toBe(503);
        await control.fault({ name: 'error_500', endpoint: path, times: 1 });
        if (path.includes('known'))
          expect((await meet({ ...call, path: path.replace('known', 'other') }))?.status).toBeLessThan(500);
        expect((await meet(call))?.status).toBe(500);
      },
    );

    it('takes a payment that is answered with SCA_REQUIRED for one that was acted upon', async () => {
      const payer = new PaymentTpp(bank, bank.clients.paymentsOnly);
      const endpoint = 'POST /payments/{payment-product}';
      await control.fault({ name: 'missing_field', endpoint, field: 'url', times: 1 });
      const answer = await meet(payer.initiation());
      expect([answer?.status, Object.keys(JSON.parse(answer?.text ?? '') as object)]).toEqual([
        401,
        ['error', 'error_code', 'error_description', 'payment_id'],
      ]);
      const before = await dumpDatabase(bank.databaseUrl);
      await control.fault({ name: 'rotate_then_drop', endpoint, times: 1 });
      expect(await meet(payer.initiation())).toBeNull();
      const added = (await dumpDatabase(bank.databaseUrl))
        .split('\n')
        .filter((line) => !before.includes(line));
      expect(added.filter((line) => line.startsWith('"bank"."payment":'))).toHaveLength(1);
    });

    it('leaves a named field out, at every place', async () => {
      const call = await accounts();
      await control.fault({ name: 'missing_field', endpoint: '/accounts', field: 'logical_id', times: 1 });
      const [account] = JSON.parse((await meet(call))?.text ?? '') as object[];
      expect(Object.keys(account ?? {})).toEqual(['iban']);
    });
  });

  it.each<[string, () => Call]>([
    ['no certificate', () => tpp.call('accounts', {}, { certificate: null })],
    [
      'the certificate of another',
      () => tpp.call('accounts', {}, { certificate: bank.clients.banx.certificate }),
    ],
    ['an unknown client id', () => tpp.call('accounts', {}, { headers: { 'Client-ID': 'unknown' } })],
    ['an unknown version', () => tpp.call('accounts', {}, { version: '99' })],
    ['a wrong secret', () => tpp.call('refresh', {}, { headers: { Authorization: 'Basic bDc6eA==' } })],
  ])('is not used up by a caller with %s', async (_what, strange) => {
    for (const name of ['error_503', 'slow', 'rotate_then_drop'])
      await control.fault({ name, endpoint: '*', times: 1 });
    expect((await meet(strange()))?.status).toBeLessThan(500);
    expect((await control.faults()).map(({ struck }) => struck)).toEqual([0, 0, 0]);
  });

  it('of one brand spares the other', async () => {
    await control.fault({ name: 'error_503', brand: 'banx' });
    expect((await meet(tpp.call('AIS consent URIs')))?.status).toBe(200);
    const banx = new TestTpp(bank, bank.clients.banx);
    expect((await meet(banx.call('AIS consent URIs')))?.status).toBe(503);
  });

  describe('with another process of the bank', () => {
    let second: RunningBank;
    beforeAll(async () => (second = await startSandboxBank(bank.env)));
    afterAll(() => second.close());

    it('occurs exactly as often as requested, at any endpoint', async () => {
      const call = await accounts();
      await control.fault({ name: 'error_503', endpoint: '/accounts', times: 7 });
      const calls = Array.from({ length: 24 }, (_, at) => meet(call, at % 2 === 0 ? second : bank.running));
      const met = await statuses(calls);
      expect(met.filter((status) => status === 503)).toHaveLength(7);
      expect(met.filter((status) => status === 200)).toHaveLength(17);
    });
  });

  describe('that is slow', () => {
    const slow = () => control.fault({ name: 'slow', endpoint: '/consent-uris', delay_ms: LONGEST_MS });
    const openedBy = async (calls: number): Promise<void> =>
      control.until(async () => (await control.faults())[0]?.struck === calls);

    it('acts at once and holds no connection to the database: all other calls are answered', async () => {
      const departures = Array.from({ length: 30 }, () => new AbortController());
      const refresh = await GRANTS['a refresh'].prepare();
      await slow();
      const held = departures.map(({ signal }) => bank.send({ ...tpp.call('AIS consent URIs'), signal }));
      await openedBy(30);
      expect((await meet(refresh))?.status).toBe(200);
      // A caller that leaves changes nothing: the bank has acted, and continues to serve.
      for (const departure of departures) departure.abort();
      const left = await Promise.allSettled(held);
      expect(left.every(({ status }) => status === 'rejected')).toBe(true);
      expect(await control.faults()).toMatchObject([{ struck: 30 }]);
      await control.clear();
      expect((await meet(tpp.call('AIS consent URIs')))?.status).toBe(200);
    });

    it('answers at once when the bank closes', async () => {
      const closing = await startSandboxBank(bank.env);
      await slow();
      const held = [1, 2].map(() => bank.send(tpp.call('AIS consent URIs'), closing));
      await openedBy(2);
      const began = performance.now();
      await closing.close();
      expect(performance.now() - began).toBeLessThan(5_000);
      expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    });
  });
});
