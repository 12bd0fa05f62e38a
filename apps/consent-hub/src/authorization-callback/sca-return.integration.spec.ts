import { RequestTrace, type Caller } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { dumpDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { scaTokenBinding, writeScaState } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { CallbackHarness } from '../../testing/callback.harness.js';
import { BankReturnService } from './bank-return.service.js';
import type { BankReturn } from './bank-return.js';

let harness: CallbackHarness;
let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let returns: BankReturnService;
let caller: Caller;

beforeAll(async () => {
  harness = await CallbackHarness.build();
  ({ database, dataSource, given, caller } = harness);
  returns = harness.module.get(BankReturnService);
});
afterAll(() => harness.close());

const MINUTE_MS = 60_000;
const stateFor = (consentId: string, minutes = 15) =>
  writeScaState(given.vault, { consentId, expiresAt: new Date(Date.now() + minutes * MINUTE_MS) });
const withToken = (state: Secret, token: string): BankReturn => ({
  kind: 'sca_token',
  state,
  scaToken: new Secret(token),
});
const receive = (back: BankReturn, brand = 'belfius') =>
  returns.receive(brand, back, undefined, new RequestTrace('caller-1'));
const stored = async (id: string) => {
  const tokenPair = (await given.consents.find(id))?.tokenPair;
  const token = tokenPair?.scaToken && given.vault.open(tokenPair.scaToken, scaTokenBinding(id)).reveal();
  return { token: token ?? null, expiresAt: tokenPair?.scaTokenExpiresAt ?? null };
};
const received = async (id: string) =>
  (await given.consents.events(id)).filter(({ type }) => type === 'sca_token_received');

describe('a return from a later authentication', () => {
  it('brings an SCA token that is stored sealed for the consent, for an hour, and leaves its pair alone', async () => {
    const id = await given.live(caller);
    const before = await given.consents.find(id);
    const outcome = await receive(withToken(stateFor(id), 'sca-of-the-bank'));
    expect(outcome).toMatchObject({ kind: 'sca', isConfirmed: true, consent: { id } });
    const { token, expiresAt } = await stored(id);
    expect(token).toBe('sca-of-the-bank');
    expect(Math.abs((expiresAt?.getTime() ?? 0) - Date.now() - 60 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
    const after = await given.consents.find(id);
    const { scaToken, scaTokenExpiresAt } = after?.tokenPair ?? {};
    expect(after).toEqual({ ...before, tokenPair: { ...before?.tokenPair, scaToken, scaTokenExpiresAt } });
    expect(await received(id)).toMatchObject([{ actor: 'psu', data: {} }]);
    const dump = await dumpDatabase(database.url);
    expect(dump).not.toContain('sca-of-the-bank');
  });

  it('has one outcome however often it is opened, and its hour runs from the first time', async () => {
    const id = await given.live(caller);
    const state = stateFor(id);
    await Promise.all(Array.from({ length: 4 }, () => receive(withToken(state, 'sca-1'))));
    const first = await stored(id);
    expect(await receive(withToken(state, 'sca-1'))).toMatchObject({ kind: 'sca', isConfirmed: true });
    expect(await stored(id)).toEqual(first);
    expect(await received(id)).toHaveLength(1);
  });

  it('takes the place of an earlier one, and outlives refreshes', async () => {
    const id = await given.live(caller);
    await receive(withToken(stateFor(id), 'sca-1'));
    await receive(withToken(stateFor(id), 'sca-2'));
    await given.refreshed(id);
    expect((await stored(id)).token).toBe('sca-2');
  });

  it.each<[string, Partial<BankReturn>]>([
    ['an error', { kind: 'error', error: 'access_denied' }],
    ['nothing', { kind: 'bare' }],
    ['a code', { kind: 'code', code: new Secret('code') }],
  ])('with %s says that nothing was confirmed, and changes nothing', async (_what, back) => {
    const id = await given.live(caller);
    const before = [await given.consents.find(id), await given.consents.events(id)];
    const outcome = await receive({ ...back, state: stateFor(id) } as BankReturn);
    expect(outcome).toMatchObject({ kind: 'sca', isConfirmed: false, consent: { id, state: 'active' } });
    expect([await given.consents.find(id), await given.consents.events(id)]).toEqual(before);
  });

  it('is late after its time, and then brings nothing', async () => {
    const id = await given.live(caller);
    expect(await receive(withToken(stateFor(id, -1), 'sca-1'))).toMatchObject({ kind: 'expired' });
    expect((await stored(id)).token).toBeNull();
  });

  it('brings nothing to a consent that has ended in the meantime', async () => {
    const id = await given.live(caller);
    await dataSource.transaction((tx) =>
      given.consents.move(tx, id, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, actor: 'hub:test' }),
    );
    expect(await receive(withToken(stateFor(id), 'sca-1'))).toMatchObject({
      kind: 'taken',
      consent: { state: 'revoked', stateReason: 'withdrawn_by_tpp' },
    });
    expect((await stored(id)).token).toBeNull();
  });

  it('is unknown under the path of the other brand, and by a state that the hub has not written', async () => {
    const id = await given.live(caller);
    const forged = writeScaState(new GivenConsents(dataSource).vault, {
      consentId: id,
      expiresAt: new Date(Date.now() + MINUTE_MS),
    });
    expect(await receive(withToken(stateFor(id), 'sca-1'), 'banx')).toEqual({ kind: 'unknown' });
    expect(await receive(withToken(forged, 'sca-1'))).toEqual({ kind: 'unknown' });
    expect((await stored(id)).token).toBeNull();
  });
});
