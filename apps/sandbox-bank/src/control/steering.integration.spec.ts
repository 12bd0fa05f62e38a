import { BRANDS } from '@consent-hub/psd2-protocol';
import { dumpDatabase } from '@consent-hub/testing';
import { startBankUnderTest, type BankUnderTest } from '../../../../test/support/bank-under-test.js';
import { BankControl } from '../../../../test/support/bank-control.js';
import { TestTpp } from '../../../../test/support/test-tpp.js';
import { ASSUMPTION_CHOICES } from '../model/settings/assumptions.js';
import { FAULT_NAMES } from '../model/faults/faults.js';

type Body = Record<string, unknown> & {
  readonly code?: string;
  readonly items: readonly Record<string, unknown>[];
  readonly errors: readonly { field: string; detail: string }[];
};

jest.setTimeout(30_000);

const DAY_SECONDS = 86_400;

describe('controlling the bank', () => {
  let bank: BankUnderTest;
  let control: BankControl;
  let tpp: TestTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest({ SANDBOX_ASSUMPTIONS: 'account_list=object' });
    control = new BankControl(bank.running.controlUrl);
    tpp = new TestTpp(bank, bank.clients.belfius);
  }, 60_000);
  afterAll(() => bank.close());
  beforeEach(() => control.reset());

  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await control.call(method, path, body);
    return { ...answer, body: JSON.parse(answer.text || '{}') as Body };
  };
  const put = (fault: unknown) => call('PUT', '/sandbox/faults', fault);

  describe('its faults', () => {
    it('sets one, and answers with all', async () => {
      await put({ name: 'slow', times: 3, delay_ms: 20, brand: 'banx' });
      const answer = await put({
        name: 'rotate_then_drop',
        endpoint: 'POST token/',
        grant_type: 'refresh_token',
      });
      const shown = [
        {
          name: 'slow',
          endpoint: '*',
          brand: 'banx',
          grant_type: null,
          delay_ms: 20,
          field: null,
          times: 3,
          remaining: 3,
          struck: 0,
        },
        {
          name: 'rotate_then_drop',
          endpoint: '/token',
          brand: null,
          grant_type: 'refresh_token',
          delay_ms: null,
          field: null,
          times: null,
          remaining: null,
          struck: 0,
        },
      ];
      expect([answer.status, answer.body]).toEqual([200, { items: shown }]);
      expect((await call('GET', '/sandbox/faults')).body).toEqual({ items: shown });
    });

    it.each(FAULT_NAMES)('sets %s at its default endpoint when none is named', async (name) => {
      const { status, body } = await put({ name });
      expect([status, body.items]).toEqual([200, [expect.objectContaining({ name, remaining: null })]]);
    });

    it('deletes those of a name, or all', async () => {
      for (const name of ['slow', 'error_500', 'error_503']) await put({ name });
      const one = await call('DELETE', '/sandbox/faults?name=error_500');
      expect([one.status, one.body.items.map(({ name }) => name)]).toEqual([200, ['slow', 'error_503']]);
      expect((await call('DELETE', '/sandbox/faults')).body).toEqual({ items: [] });
    });

    it.each<[string, unknown, string, RegExp]>([
      ['an unknown name', { name: 'explode' }, 'name', /rotate_then_drop/],
      ['no name', {}, 'name', /rotate_then_drop/],
      [
        'an unknown endpoint',
        { name: 'slow', endpoint: '/tokens' },
        'endpoint',
        /POST \/token, GET \/accounts,/,
      ],
      ['a method that is not there', { name: 'slow', endpoint: 'GET /token' }, 'endpoint', /POST \/token/],
      ['an endpoint that is no text', { name: 'slow', endpoint: 5 }, 'endpoint', /string/],
      ['a machine fault on the way back', { name: 'slow', endpoint: 'callback' }, 'endpoint', /POST \/token/],
      [
        'a fault of the way back elsewhere',
        { name: 'bare_return', endpoint: '/token' },
        'endpoint',
        /\/callback/,
      ],
      [
        'a change of expires_in where an answer has none',
        { name: 'expires_in_string', endpoint: '/accounts' },
        'endpoint',
        /\/token/,
      ],
      ['no times', { name: 'slow', times: 0 }, 'times', /1/],
      ['too many times', { name: 'slow', times: 1_000_001 }, 'times', /1000000/],
      ['half a time', { name: 'slow', times: 1.5 }, 'times', /integer/],
      ['times in a text', { name: 'slow', times: '1' }, 'times', /integer/],
      ['a delay before now', { name: 'slow', delay_ms: -1 }, 'delay_ms', /0/],
      ['a delay without an end', { name: 'slow', delay_ms: 1e12 }, 'delay_ms', /600000/],
      ['a delay on the way back', { name: 'bare_return', delay_ms: 1 }, 'delay_ms', /machine/],
      ['a third brand', { name: 'slow', brand: 'other' }, 'brand', new RegExp(BRANDS.join(', '))],
      [
        'an unknown grant',
        { name: 'slow', grant_type: 'password' },
        'grant_type',
        /authorization_code, refresh_token/,
      ],
      [
        'a grant elsewhere',
        { name: 'slow', endpoint: '/accounts', grant_type: 'refresh_token' },
        'grant_type',
        /token/,
      ],
      ['a field of another fault', { name: 'slow', field: 'iban' }, 'field', /missing_field/],
      ['a field that is none', { name: 'missing_field', field: 'a b' }, 'field', /name/],
      ['what is no option', { name: 'slow', time: 1 }, 'time', /field/],
    ])('refuses %s, names the allowed values, and changes nothing', async (_what, fault, field, good) => {
      await put({ name: 'slow', times: 1 });
      const before = await dumpDatabase(bank.databaseUrl);
      const { status, type, body } = await put(fault);
      expect([status, type, body.code]).toEqual([400, 'application/problem+json', 'invalid_input']);
      expect(body.errors).toEqual([{ field, detail: expect.stringMatching(good) as string }]);
      expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
    });

    it.each(['?name=explode', '?id=1'])('refuses to delete %s', async (query) => {
      await put({ name: 'slow' });
      expect((await call('DELETE', `/sandbox/faults${query}`)).status).toBe(400);
      expect(await control.faults()).toHaveLength(1);
    });
  });

  describe('its clock', () => {
    it('advances time for everything that it issued, until a reset', async () => {
      const { access_token: token, refresh_token } = await tpp.firstPair();
      const before = await call('GET', '/sandbox/clock');
      const { status, body } = await call('POST', '/sandbox/clock', { advance_seconds: 3_601 });
      expect([status, body['ahead_seconds']]).toEqual([200, 3_601]);
      const passed = Date.parse(String(body['now'])) - Date.parse(String(before.body['now']));
      expect(passed).toBeGreaterThanOrEqual(3_601_000);
      expect((await call('GET', '/sandbox/clock')).body['ahead_seconds']).toBe(3_601);
      expect((await tpp.send(tpp.call('accounts', { token }))).status).toBe(401);
      expect((await tpp.send(tpp.call('refresh', { token: refresh_token }))).status).toBe(200);
      await control.reset();
      expect((await call('GET', '/sandbox/clock')).body['ahead_seconds']).toBe(0);
    });

    it.each([0, -1, 1.5, '60', null, undefined, 315_360_001, 1e300, true])(
      'refuses %p',
      async (advance_seconds) => {
        const answer = await call('POST', '/sandbox/clock', { advance_seconds });
        expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input']);
        expect((await call('GET', '/sandbox/clock')).body['ahead_seconds']).toBe(0);
      },
    );

    it('can be advanced by ten years at once and a hundred in all', async () => {
      for (let decade = 1; decade <= 10; decade++)
        expect((await call('POST', '/sandbox/clock', { advance_seconds: 315_360_000 })).status).toBe(200);
      const answer = await call('POST', '/sandbox/clock', { advance_seconds: 315_360_000 });
      expect([answer.status, answer.body.code]).toEqual([409, 'clock_too_far']);
      expect((await call('GET', '/sandbox/clock')).body['ahead_seconds']).toBe(3_153_600_000);
      await expect(tpp.firstPair()).resolves.toHaveProperty('access_token');
    });
  });

  describe('its customers', () => {
    const withdraw = (psu: string, body?: unknown) => call('POST', `/sandbox/psus/${psu}/withdraw`, body);

    it('lists them with their accounts', async () => {
      const { body } = await call('GET', '/sandbox/psus');
      expect(body.items.find(({ id }) => id === 'jan-peeters')).toMatchObject({
        brand: 'belfius',
        name: 'Jan Peeters',
        accounts: expect.arrayContaining([
          expect.objectContaining({ iban: 'BE60068223114070', eligible: true }),
        ]),
      });
      expect(new Set(body.items.map(({ brand }) => brand))).toEqual(new Set(BRANDS));
    });

    it('withdraws what a PSU has given, and the TPP learns of it when it next calls', async () => {
      const { access_token: token, refresh_token } = await tpp.firstPair({ psu: 'jan-peeters' });
      const { status, body } = await withdraw('jan-peeters');
      expect([status, body]).toEqual([200, { withdrawn: 1 }]);
      expect((await tpp.send(tpp.call('accounts', { token }))).status).toBe(403);
      expect((await tpp.send(tpp.call('refresh', { token: refresh_token }))).text).toContain(
        'NO_ACTIVE_CONSENT',
      );
      expect((await withdraw('jan-peeters')).body).toEqual({ withdrawn: 0 });
      expect(await control.ledger()).toMatchObject({ live_pairs: 0 });
      await expect(tpp.firstPair({ psu: 'jan-peeters' })).resolves.toHaveProperty('access_token');
    });

    it.each([
      [{ scope: 'CAF' }, 0],
      [{ client_id: 'another' }, 0],
      [{ scope: 'AIS', client_id: 'l7accounts' }, 1],
    ])('withdraws for %j only what is meant', async (which, withdrawn) => {
      await tpp.firstPair({ psu: 'jan-peeters' });
      expect((await withdraw('jan-peeters', which)).body).toEqual({ withdrawn });
      expect(await control.ledger()).toMatchObject({ live_pairs: 1 - withdrawn });
    });

    it.each(['unknown', 'JAN', '%00', encodeURIComponent('a/b'), 'a'.repeat(90)])(
      'knows no %s',
      async (psu) => {
        const answer = await withdraw(psu);
        expect([answer.status, answer.body.code]).toEqual([
          404,
          expect.stringMatching(/unknown_psu|not_found/),
        ]);
      },
    );

    it.each([{ scope: 'ais' }, { client_id: 'a\u0000b' }, { client_id: 5 }, { psu: 'x' }])(
      'refuses to withdraw %j',
      async (which) => {
        await tpp.firstPair({ psu: 'jan-peeters' });
        expect((await withdraw('jan-peeters', which)).status).toBe(400);
        expect(await control.ledger()).toMatchObject({ live_pairs: 1 });
      },
    );
  });

  it('shows every assumption, with what this bank has chosen', async () => {
    const { body } = await call('GET', '/sandbox/assumptions');
    expect(body['contract']).toBe('current');
    expect(body.items.map(({ name }) => name)).toEqual(Object.keys(ASSUMPTION_CHOICES));
    expect(body.items.find(({ name }) => name === 'account_list')).toEqual({
      name: 'account_list',
      chosen: 'object',
      choices: ['array', 'object'],
    });
  });

  describe('from a browser', () => {
    it.each<[string, Record<string, string>, number]>([
      ['of another site', { 'sec-fetch-site': 'cross-site' }, 403],
      ['of another port', { 'sec-fetch-site': 'same-site' }, 403],
      ['of another origin, without Fetch Metadata', { origin: 'https://evil.example' }, 403],
      ['of an origin that hides', { origin: 'null' }, 403],
      ['of the bank itself', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 200],
      ['of a person', { 'sec-fetch-site': 'none' }, 200],
    ])('controls the bank %s: %j %i', async (_whose, headers, status) => {
      const before = await dumpDatabase(bank.databaseUrl);
      const body = { advance_seconds: DAY_SECONDS };
      const answer = await control.call('POST', '/sandbox/clock', body, headers);
      expect(answer.status).toBe(status);
      expect((await dumpDatabase(bank.databaseUrl)) === before).toBe(status === 403);
    });

    it.each([
      ['POST', '/sandbox/reset'],
      ['POST', '/sandbox/page/reset'],
      ['POST', '/sandbox/authorizations'],
      ['PUT', '/sandbox/faults'],
      ['DELETE', '/sandbox/faults'],
      ['POST', '/sandbox/psus/jan-peeters/withdraw'],
    ])('refuses %s %s from another site', async (method, path) => {
      await tpp.firstPair({ psu: 'jan-peeters' });
      const before = await dumpDatabase(bank.databaseUrl);
      const answer = await control.call(method, path, undefined, { 'sec-fetch-site': 'cross-site' });
      expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('foreign_origin')]);
      expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
    });
  });
});
