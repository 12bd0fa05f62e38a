import type { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { JAN, BankModel } from '../../../testing/bank-model.harness.js';
import type { IssuedPair, TokenRefusal } from './token-pair.js';
import type { Tpp } from '../tpps/tpp.repository.js';

const DAY_SECONDS = 86_400;

describe('the token repository with other assumptions', () => {
  let database: TestDatabase;
  let bank: BankModel;
  let tpp: Tpp;

  beforeAll(async () => {
    database = await createTestDatabase();
    bank = new BankModel(await database.open(), {
      previous_access_token: 'valid_to_its_end',
      refresh_replay: 'kills_pair',
      refresh_extends_consent: 'yes',
      logical_id: 'per_consent',
    });
    await bank.enrolCustomers();
  });
  beforeEach(async () => {
    tpp = await bank.registerTpp();
  });
  afterAll(() => database.drop());

  const rotate = (refreshToken: Secret): Promise<IssuedPair | TokenRefusal> =>
    bank.tokens.rotate({ tppId: tpp.id, refreshToken, scopes: ['AIS'] });
  const pairOf = (outcome: IssuedPair | TokenRefusal): IssuedPair => {
    if ('reason' in outcome) throw new Error(`No pair was issued: ${outcome.reason}`);
    return outcome;
  };
  const firstPair = async (): Promise<IssuedPair> =>
    pairOf(await bank.tokens.redeem(await bank.approvedCode(tpp)));
  const opens = async (accessToken: Secret): Promise<boolean> =>
    (await bank.tokens.findAccess(tpp.id, accessToken)) !== null;

  it('accepts former access tokens until they expire, as long as their consent lives', async () => {
    const first = await firstPair();
    await bank.advance(1800);
    const second = pairOf(await rotate(first.refreshToken));
    const third = pairOf(await rotate(second.refreshToken));
    const tokens = [first, second, third].map(({ accessToken }) => accessToken);
    expect(await Promise.all(tokens.map(opens))).toEqual([true, true, true]);
    await bank.advance(1800);
    expect(await Promise.all(tokens.map(opens))).toEqual([false, true, true]);
    const replacing = await firstPair();
    expect(await Promise.all([...tokens, replacing.accessToken].map(opens))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('ends a token pair whose spent refresh token is sent again, and no longer counts it as live', async () => {
    const first = await firstPair();
    const second = pairOf(await rotate(first.refreshToken));
    const { livePairs } = await bank.ledger.totals();
    expect(await rotate(first.refreshToken)).toEqual({ reason: 'invalid' });
    expect(await opens(second.accessToken)).toBe(false);
    expect(await rotate(second.refreshToken)).toEqual({ reason: 'invalid' });
    expect(await bank.ledger.totals()).toMatchObject({ livePairs: livePairs - 1 });
  });

  it('issues token pairs again after that for another consent', async () => {
    const first = await firstPair();
    await rotate(first.refreshToken);
    await rotate(first.refreshToken);
    const anew = await firstPair();
    expect(await opens(anew.accessToken)).toBe(true);
    expect(pairOf(await rotate(anew.refreshToken)).scope).toBe('AIS');
  });

  it('does not end the pair of another consent, nor for another TPP', async () => {
    const first = await firstPair();
    await rotate(first.refreshToken);
    const replacing = await firstPair();
    const { id: stranger } = await bank.registerTpp();
    await rotate(first.refreshToken);
    const { refreshToken, accessToken } = pairOf(await rotate(replacing.refreshToken));
    await bank.tokens.rotate({
      tppId: stranger,
      refreshToken: replacing.refreshToken,
      scopes: ['AIS'],
    });
    expect(await opens(accessToken)).toBe(true);
    expect(pairOf(await rotate(refreshToken)).scope).toBe('AIS');
  });

  it('moves the end of a consent with each refresh', async () => {
    let pair = await firstPair();
    for (const days of [170, 170, 170]) {
      await bank.advance(days * DAY_SECONDS);
      pair = pairOf(await rotate(pair.refreshToken));
    }
    await bank.advance(180 * DAY_SECONDS);
    expect(await rotate(pair.refreshToken)).toEqual({ reason: 'invalid' });
  });

  it('gives an account another logical ID with each consent, and the same one after a refresh', async () => {
    const first = await firstPair();
    const refreshed = pairOf(await rotate(first.refreshToken));
    expect(refreshed.logicalId).toBe(first.logicalId);
    const access = await bank.tokens.findAccess(tpp.id, refreshed.accessToken);
    expect(access).toMatchObject({ accounts: [{ logicalId: first.logicalId }, {}] });
    expect((await firstPair()).logicalId).not.toBe(first.logicalId);
  });

  it('gives the accounts that the PSU chose, with every generation', async () => {
    const first = await firstPair();
    await rotate(first.refreshToken);
    const access = await bank.tokens.findAccess(tpp.id, first.accessToken);
    expect(access).toMatchObject({ psuId: JAN.psuId, accounts: JAN.ibans.map((iban) => ({ iban })) });
  });
});
