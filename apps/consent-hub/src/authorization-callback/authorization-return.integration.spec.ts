import { randomBytes } from 'node:crypto';
import {
  CodeExchange,
  ConsentError,
  type ConsentEntity,
  type ConsentState,
  type StateReason,
} from '@consent-hub/consent';
import { newId, RequestTrace, type Caller } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { dumpDatabase, type GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { CallbackHarness } from '../../testing/callback.harness.js';
import { AuthorizationReturnService } from './authorization-return.service.js';
import { isFromItsBrowser } from './browser-cookie.js';
import type { BankReturn } from './bank-return.js';

let harness: CallbackHarness;
let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let returns: AuthorizationReturnService;
let caller: Caller;
const exchange = jest.fn<Promise<void>, Parameters<CodeExchange['exchange']>>();

beforeAll(async () => {
  harness = await CallbackHarness.build(exchange);
  ({ database, dataSource, given, caller } = harness);
  returns = harness.module.get(AuthorizationReturnService);
});
afterAll(() => harness.close());
beforeEach(() => exchange.mockReset().mockResolvedValue());

/** By a browser without cookies. */
const receive = (brand: string, back: BankReturn) =>
  returns.receive(
    brand,
    back,
    (consent) => isFromItsBrowser(consent, undefined, true),
    new RequestTrace('order-17'),
  );
const withCode = (state: string, code = 'the-code'): BankReturn => ({
  kind: 'code',
  state: new Secret(state),
  code: new Secret(code),
});
const withError = (state: string, error: string): BankReturn => ({
  kind: 'error',
  state: new Secret(state),
  error,
});
const stored = async (id: string): Promise<ConsentEntity> => {
  const consent = await given.consents.find(id);
  if (!consent) throw new Error('no such consent');
  return consent;
};
const expectUntouched = async (id: string): Promise<void> => {
  expect(await stored(id)).toMatchObject({ state: 'initiated', authorizationCode: null });
  expect(await given.consents.events(id)).toHaveLength(1);
  expect(exchange).not.toHaveBeenCalled();
};
/** What an exchange of token-exchange may leave behind. */
const endsAs = (to: 'failed', reason: 'code_refused') => async (id: string) => {
  await dataSource.transaction((tx) =>
    given.consents.move(tx, id, { to, data: { reason }, actor: 'hub:test' }),
  );
  throw new ConsentError('consent_not_live', { consentId: id, state: to, reason });
};

describe('a return with a code', () => {
  it('authorizes the consent, keeps the code sealed for it alone, and has it exchanged', async () => {
    const { id, state } = await given.opened(caller);
    const outcome = await receive('belfius', withCode(state, 'code-of-the-bank'));
    expect(outcome).toMatchObject({ kind: 'taken', consent: { id, state: 'authorized' } });
    expect(exchange.mock.calls).toEqual([[id, expect.objectContaining({ waitMs: 20_000 })]]);
    const { authorizationCode } = await stored(id);
    const open = (consentId: string) =>
      given.vault.open(authorizationCode ?? Buffer.alloc(0), {
        consentId,
        purpose: 'authorization_code',
        generation: 0,
      });
    expect(open(id).reveal()).toBe('code-of-the-bank');
    expect(() => open(newId())).toThrow();
    const dump = await dumpDatabase(database.url);
    expect(dump).not.toContain('code-of-the-bank');
    expect(dump).not.toContain(Buffer.from('code-of-the-bank').toString('hex'));
  });

  it('fixes the end of the consent at the moment of the return', async () => {
    const { id, state } = await given.opened(caller);
    await receive('belfius', withCode(state));
    const { authorizedAt, consentExpiresAt } = await stored(id);
    expect((consentExpiresAt?.getTime() ?? 0) - (authorizedAt?.getTime() ?? 0)).toBe(180 * 86_400_000);
  });

  it('is counted as made by the PSU', async () => {
    const { id, state } = await given.opened(caller);
    await receive('belfius', withCode(state));
    expect((await given.consents.events(id))[1]).toMatchObject({
      actor: 'psu',
      fromState: 'initiated',
      toState: 'authorized',
    });
  });

  it('works alike for a payment', async () => {
    const { state } = await given.opened(caller, { scope: 'PIS' });
    expect(await receive('belfius', withCode(state))).toMatchObject({ kind: 'taken' });
    expect(exchange).toHaveBeenCalledTimes(1);
  });

  it('returns the consent in the state after the exchange', async () => {
    const { state } = await given.opened(caller);
    exchange.mockImplementation(endsAs('failed', 'code_refused'));
    const outcome = await receive('belfius', withCode(state));
    expect(outcome).toMatchObject({
      kind: 'taken',
      consent: { state: 'failed', stateReason: 'code_refused' },
    });
  });

  it.each([
    ['outlasts the patience', new ConsentError('grant_in_progress', { consentId: 'x' })],
    ['lost its answer', new ConsentError('grant_in_doubt', { consentId: 'x' })],
    ['fails for an unknown reason', new Error('unforeseen')],
  ])('leaves the consent authorized when the exchange %s', async (_what, failure) => {
    const { state } = await given.opened(caller);
    exchange.mockRejectedValue(failure);
    expect(await receive('belfius', withCode(state))).toMatchObject({
      kind: 'taken',
      consent: { state: 'authorized' },
    });
  });

  it('is taken exactly once when two arrive at once', async () => {
    const { id, state } = await given.opened(caller);
    const outcomes = await Promise.all(
      ['one', 'two'].map((code) => receive('belfius', withCode(state, code))),
    );
    expect(outcomes).toEqual([outcomes[0], outcomes[0]]);
    expect(outcomes[0]).toMatchObject({ kind: 'taken', consent: { id } });
    expect(await given.consents.events(id)).toHaveLength(2);
  });

  it('waits for the exchange that an earlier opening of the same address began', async () => {
    const { id, state } = await given.opened(caller);
    let finish = (): void => undefined;
    const granted = new Promise<void>((resolve) => (finish = resolve));
    // As token-exchange does: one call of the bank, which all returns wait for.
    exchange.mockImplementation(async () => granted.then(() => given.refreshed(id)));
    const first = receive('belfius', withCode(state));
    while (exchange.mock.calls.length === 0) await given.consents.find(id);
    const second = receive('belfius', withCode(state));
    while (exchange.mock.calls.length < 2) await given.consents.find(id);
    finish();
    for (const outcome of await Promise.all([first, second]))
      expect(outcome).toMatchObject({ kind: 'taken', consent: { id, state: 'active' } });
  });
});

describe('a return without a code', () => {
  it.each<[string, BankReturn['kind'], StateReason, string | null]>([
    ['access_denied', 'error', 'psu_refused', 'access_denied'],
    ['server_error', 'error', 'authorization_failed', 'server_error'],
    ['', 'bare', 'authorization_failed', null],
  ])('with the error %j ends the consent', async (word, kind, reason, error) => {
    const { id, state } = await given.opened(caller);
    const back =
      kind === 'error' ? withError(state, word) : ({ kind: 'bare', state: new Secret(state) } as const);
    const outcome = await receive('belfius', back);
    expect(outcome).toMatchObject({ kind: 'taken', consent: { state: 'rejected', stateReason: reason } });
    expect((await given.consents.events(id))[1]).toMatchObject({ actor: 'psu', reason, data: { error } });
    expect(exchange).not.toHaveBeenCalled();
    expect(await stored(id)).toMatchObject({ codeVerifier: null, authorizationCode: null });
  });

  it('breaks no live consent of the same person', async () => {
    const psuRef = newId();
    const live = await given.live(caller, { psuRef });
    const { state } = await given.opened(caller, { psuRef });
    await receive('belfius', withError(state, 'access_denied'));
    expect(await stored(live)).toMatchObject({ state: 'active', tokenPair: { generation: 1 } });
  });
});

describe('a state', () => {
  it('is unknown when no consent has it', async () => {
    const state = randomBytes(32).toString('base64url');
    expect(await receive('belfius', withCode(state))).toEqual({ kind: 'unknown' });
  });

  it.each(['banx', 'kbc', ''])(
    'is unknown under the path of %j, and stays good under its own',
    async (brand) => {
      const { id, state } = await given.opened(caller);
      expect(await receive(brand, withCode(state))).toEqual({ kind: 'unknown' });
      await expectUntouched(id);
      expect(await receive('belfius', withCode(state))).toMatchObject({ kind: 'taken' });
    },
  );

  it.each<[ConsentState, BankReturn['kind']]>([
    ['authorized', 'code'],
    ['rejected', 'error'],
  ])(
    'gives the outcome of the first return however often it comes back, here %s',
    async (consentState, kind) => {
      const { id, state } = await given.opened(caller);
      await receive('belfius', kind === 'code' ? withCode(state) : withError(state, 'access_denied'));
      const { authorizationCode } = await stored(id);
      const events = await given.consents.events(id);
      for (const back of [withCode(state, 'another-code'), withError(state, 'server_error')]) {
        expect(await receive('belfius', back)).toMatchObject({
          kind: 'taken',
          consent: { state: consentState },
        });
      }
      expect(await given.consents.events(id)).toEqual(events);
      expect((await stored(id)).authorizationCode).toEqual(authorizationCode);
    },
  );

  it('shows the later state of its consent', async () => {
    const { id, state } = await given.opened(caller);
    await receive('belfius', withCode(state));
    await given.refreshed(id);
    await dataSource.transaction((tx) =>
      given.consents.move(tx, id, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, actor: 'hub:test' }),
    );
    expect(await receive('belfius', withCode(state))).toMatchObject({
      kind: 'taken',
      consent: { state: 'revoked', stateReason: 'withdrawn_by_tpp' },
    });
  });

  it('was replaced by that of a newer link', async () => {
    const psuRef = newId();
    const older = await given.opened(caller, { psuRef });
    const newer = await given.opened(caller, { psuRef });
    expect(await receive('belfius', withCode(older.state))).toMatchObject({ kind: 'replaced' });
    await expectUntouched(newer.id);
  });

  it('expired with its link, by the clock of Postgres', async () => {
    const { id, state } = await given.opened(caller, { linkSeconds: 0 });
    jest.useFakeTimers({ now: 0, doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout'] });
    const outcome = await receive('belfius', withCode(state)).finally(() => jest.useRealTimers());
    expect(outcome).toMatchObject({
      kind: 'expired',
      consent: { state: 'expired', stateReason: 'link_timeout' },
    });
    expect((await given.consents.events(id))[1]).toMatchObject({ actor: 'hub:callback', toState: 'expired' });
    expect(exchange).not.toHaveBeenCalled();
    expect(await receive('belfius', withCode(state))).toMatchObject({ kind: 'expired' });
  });
});
