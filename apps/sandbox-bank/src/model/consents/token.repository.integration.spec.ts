import { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, dumpDatabase, type TestDatabase } from '@consent-hub/testing';
import { CODE_CHALLENGE, CODE_VERIFIER, JAN, BankModel } from '../../../testing/bank-model.harness.js';
import type { IssuedPair, TokenRefusal } from './token-pair.js';
import type { Tpp } from '../tpps/tpp.repository.js';

const isPair = (outcome: IssuedPair | TokenRefusal): outcome is IssuedPair => !('reason' in outcome);
const pairOf = (outcome: IssuedPair | TokenRefusal | undefined): IssuedPair => {
  if (!outcome || !isPair(outcome)) throw new Error(`No pair was issued: ${outcome?.reason ?? ''}`);
  return outcome;
};
const INVALID = { reason: 'invalid' };

describe('the token repository', () => {
  let database: TestDatabase;
  let bank: BankModel;
  let tpp: Tpp;

  beforeEach(async () => {
    database = await createTestDatabase();
    bank = new BankModel(await database.open());
    await bank.enrolCustomers();
    tpp = await bank.registerTpp();
  });
  afterEach(() => database.drop());

  const firstPair = async (
    choice: { psuId: string; ibans: readonly string[]; state?: string } = JAN,
  ): Promise<IssuedPair> => pairOf(await bank.tokens.redeem(await bank.approvedCode(tpp, choice)));
  const rotate = (refreshToken: Secret, by = bank) =>
    by.tokens.rotate({ tppId: tpp.id, refreshToken, scopes: ['AIS', 'CAF'] });
  const ibansOf = async (accessToken: Secret, by = bank): Promise<string[] | undefined> => {
    const access = await by.tokens.findAccess(tpp.id, accessToken);
    return typeof access === 'object' ? access?.accounts.map(({ iban }) => iban) : undefined;
  };

  describe('redeeming a code', () => {
    it('issues a pair for the accounts that the PSU chose, and an SCA token', async () => {
      const pair = await firstPair();
      expect(pair).toMatchObject({ scope: 'AIS', expiresInSeconds: 3600, iban: JAN.ibans[0] });
      expect(pair.scaToken).toBeInstanceOf(Secret);
      expect(await ibansOf(pair.accessToken)).toEqual(JAN.ibans);
    });

    it('succeeds once when fifty callers come to two processes together', async () => {
      const redemption = await bank.approvedCode(tpp);
      const processes = [bank, new BankModel(await database.open())];
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, at) => (processes[at % 2] ?? bank).tokens.redeem(redemption)),
      );
      expect(outcomes.filter(isPair)).toHaveLength(1);
      expect(await bank.ledger.totals()).toMatchObject({
        authorizationCodeGrants: 1,
        codeReplays: 49,
        livePairs: 1,
      });
    });

    it.each([
      ['another verifier', { codeVerifier: new Secret('x'.repeat(43)) }],
      ['no verifier', { codeVerifier: null }],
      ['another redirect URI', { redirectUri: 'https://tpp.example/callback' }],
      ['another code', { code: new Secret('invented') }],
    ])('refuses %s and the code stays valid', async (_what, changes) => {
      const redemption = await bank.approvedCode(tpp);
      expect(await bank.tokens.redeem({ ...redemption, ...changes })).toEqual(INVALID);
      expect(await bank.ledger.totals()).toMatchObject({ authorizationCodeGrants: 0, codeReplays: 0 });
      expect(isPair(await bank.tokens.redeem(redemption))).toBe(true);
    });

    it('refuses another TPP', async () => {
      const redemption = await bank.approvedCode(tpp);
      const other = await bank.registerTpp();
      expect(await bank.tokens.redeem({ ...redemption, tppId: other.id })).toEqual(INVALID);
      expect(await bank.ledger.totals()).toMatchObject({ livePairs: 0 });
    });

    it('distinguishes a valid code of another scope from an invalid one', async () => {
      const redemption = await bank.approvedCode(tpp);
      expect(await bank.tokens.redeem({ ...redemption, scopes: ['CAF'] })).toEqual({
        reason: 'other_scope',
        scope: 'AIS',
      });
      expect(isPair(await bank.tokens.redeem(redemption))).toBe(true);
    });

    it('refuses it after it has expired', async () => {
      const redemption = await bank.approvedCode(tpp);
      await bank.advance(301);
      expect(await bank.tokens.redeem(redemption)).toEqual(INVALID);
      expect(await bank.ledger.totals()).toMatchObject({ authorizationCodeGrants: 0, codeReplays: 0 });
    });

    it('ends the former consent of the same PSU at once, and replaces its accounts', async () => {
      const former = await firstPair();
      const pair = await firstPair({ ...JAN, ibans: ['BE49068223114171'] });
      expect(await ibansOf(former.accessToken)).toBeUndefined();
      expect(await rotate(former.refreshToken)).toEqual(INVALID);
      expect(await ibansOf(pair.accessToken)).toEqual(['BE49068223114171']);
      // The token of the former consent was never spent: refusing it counts no replay.
      expect(await bank.ledger.totals()).toMatchObject({ livePairs: 1, refreshReplays: 0 });
    });

    it('does not change the token pairs of other PSUs, scopes and TPPs', async () => {
      const marie = await firstPair({ psuId: 'marie-dubois', ibans: ['BE83063154780915'] });
      const other = await bank.registerTpp();
      await bank.tokens.redeem(await bank.approvedCode(other));
      const funds = { psuId: JAN.psuId, ibans: JAN.ibans.slice(0, 1) };
      await bank.tokens.redeem(
        await bank.approvedCode(tpp, funds, { scope: 'CAF', iban: funds.ibans[0] ?? null }),
      );
      await firstPair();
      expect(await ibansOf(marie.accessToken)).toEqual(['BE83063154780915']);
      expect(await bank.ledger.totals()).toMatchObject({ livePairs: 4 });
    });

    it('leaves one pair when two consents of one PSU are redeemed together', async () => {
      const redemptions = await Promise.all(Array.from({ length: 10 }, () => bank.approvedCode(tpp)));
      const pairs = (await Promise.all(redemptions.map((each) => bank.tokens.redeem(each)))).map(pairOf);
      const live = await Promise.all(pairs.map(({ accessToken }) => ibansOf(accessToken)));
      expect(live.filter(Boolean)).toHaveLength(1);
      expect(await bank.ledger.totals()).toMatchObject({ authorizationCodeGrants: 10, livePairs: 1 });
    });

    it('compares a plain challenge with the verifier itself', async () => {
      const challenge = { codeChallenge: CODE_VERIFIER.reveal(), codeChallengeMethod: 'plain' } as const;
      const redemption = await bank.approvedCode(tpp, JAN, challenge);
      const wrong = { ...redemption, codeVerifier: new Secret(CODE_CHALLENGE) };
      expect(await bank.tokens.redeem(wrong)).toEqual(INVALID);
      expect(isPair(await bank.tokens.redeem(redemption))).toBe(true);
    });

    it('does not accept the challenge as its own verifier', async () => {
      const redemption = await bank.approvedCode(tpp);
      const wrong = { ...redemption, codeVerifier: new Secret(CODE_CHALLENGE) };
      expect(await bank.tokens.redeem(wrong)).toEqual(INVALID);
    });

    it('asks for no verifier where there was no challenge', async () => {
      const redemption = await bank.approvedCode(tpp, JAN, { codeChallenge: null });
      expect(isPair(await bank.tokens.redeem({ ...redemption, codeVerifier: null }))).toBe(true);
    });

    it('issues no SCA token for funds confirmations', async () => {
      const funds = { psuId: JAN.psuId, ibans: JAN.ibans.slice(0, 1) };
      const redemption = await bank.approvedCode(tpp, funds, { scope: 'CAF', iban: funds.ibans[0] ?? null });
      expect(pairOf(await bank.tokens.redeem(redemption))).not.toHaveProperty('scaToken');
    });
  });

  describe('rotating a refresh token', () => {
    it('issues the next token pair and ends the previous one at once', async () => {
      const first = await firstPair({ ...JAN, state: 'the-state' });
      const second = pairOf(await rotate(first.refreshToken));
      expect(second).not.toHaveProperty('scaToken');
      expect(await ibansOf(first.accessToken)).toBeUndefined();
      expect(await ibansOf(second.accessToken)).toEqual(JAN.ibans);
      expect(await bank.ledger.findPairByState('the-state')).toMatchObject({
        generation: 2,
        psuId: JAN.psuId,
      });
    });

    it('succeeds once when fifty callers come to two processes together, and the winner’s pair lives', async () => {
      const { refreshToken } = await firstPair();
      const processes = [bank, new BankModel(await database.open())];
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, at) => rotate(refreshToken, processes[at % 2])),
      );
      const pairs = outcomes.filter(isPair);
      expect(pairs).toHaveLength(1);
      expect(await ibansOf(pairOf(pairs[0]).accessToken)).toEqual(JAN.ibans);
      expect(await bank.ledger.totals()).toMatchObject({
        refreshGrants: 1,
        refreshReplays: 49,
        livePairs: 1,
      });
    });

    it('succeeds once in each of a hundred rounds between two processes', async () => {
      const processes = [bank, new BankModel(await database.open())];
      let pair = await firstPair();
      for (let round = 0; round < 100; round++) {
        const { refreshToken } = pair;
        const outcomes = await Promise.all(
          Array.from({ length: 10 }, (_, at) => rotate(refreshToken, processes[at % 2])),
        );
        expect(outcomes.filter(isPair)).toHaveLength(1);
        pair = pairOf(outcomes.find(isPair));
      }
      expect(await bank.ledger.totals()).toMatchObject({
        refreshGrants: 100,
        refreshReplays: 900,
        livePairs: 1,
      });
    }, 60_000);

    it('counts a replay of a token whose consent another one has replaced since, and the new token pair stays live', async () => {
      const first = await firstPair();
      await rotate(first.refreshToken);
      const replacing = await firstPair();
      expect(await rotate(first.refreshToken)).toEqual(INVALID);
      expect(await bank.ledger.totals()).toMatchObject({ refreshReplays: 1 });
      expect(isPair(await rotate(replacing.refreshToken))).toBe(true);
    });

    it('counts a replay, and the current token pair stays live', async () => {
      const first = await firstPair();
      const second = pairOf(await rotate(first.refreshToken));
      expect(await rotate(first.refreshToken)).toEqual(INVALID);
      expect(await bank.ledger.totals()).toMatchObject({ refreshGrants: 1, refreshReplays: 1 });
      expect(isPair(await rotate(second.refreshToken))).toBe(true);
    });

    it('refuses another TPP, and the token stays valid', async () => {
      const { refreshToken } = await firstPair();
      const other = await bank.registerTpp();
      expect(await bank.tokens.rotate({ tppId: other.id, refreshToken, scopes: ['AIS'] })).toEqual(INVALID);
      expect(isPair(await rotate(refreshToken))).toBe(true);
    });

    it('distinguishes a valid token of another scope from an invalid one', async () => {
      const { refreshToken } = await firstPair();
      expect(await bank.tokens.rotate({ tppId: tpp.id, refreshToken, scopes: ['CAF'] })).toEqual({
        reason: 'other_scope',
        scope: 'AIS',
      });
      expect(isPair(await rotate(refreshToken))).toBe(true);
    });

    it('keeps the logical ID', async () => {
      const first = await firstPair();
      const second = pairOf(await rotate(first.refreshToken));
      expect(second.logicalId).toBe(first.logicalId);
      expect(second.logicalId).toMatch(/^[\w.-]{43,}$/);
    });

    it('refuses when the consent has ended; no refresh moves its end', async () => {
      const first = await firstPair();
      await bank.advance(179 * 86_400);
      const second = pairOf(await rotate(first.refreshToken));
      await bank.advance(86_400);
      expect(await rotate(second.refreshToken)).toEqual(INVALID);
      expect(await bank.ledger.totals()).toMatchObject({ refreshGrants: 1, livePairs: 0 });
    });
  });

  it('reads the access of a token: of which PSU, under which consent, and how long ago they authenticated', async () => {
    const { accessToken, refreshToken } = await firstPair();
    const before = await bank.tokens.findAccess(tpp.id, accessToken);
    expect(before).toEqual({
      scope: 'AIS',
      psuId: JAN.psuId,
      authorizationId: expect.any(String),
      accounts: JAN.ibans.map((iban) => ({ iban, logicalId: expect.any(String) })),
      authenticatedAt: expect.any(Date),
      authenticatedDaysAgo: 0,
    });
    await bank.advance(90 * 86_400 + 60);
    const refreshed = pairOf(await rotate(refreshToken));
    const after = await bank.tokens.findAccess(tpp.id, refreshed.accessToken);
    expect(after).toEqual({ ...Object(before), authenticatedDaysAgo: 90 });
  });

  it('accepts an SCA token of the PSU who got it, for its time and from their TPP', async () => {
    const { scaToken } = await firstPair();
    if (!scaToken) throw new Error('There is no SCA token');
    const isAccepted = (by: Tpp, psuId = JAN.psuId, token = scaToken): Promise<boolean> =>
      bank.tokens.acceptsScaToken(by.id, psuId, token);
    expect(await isAccepted(tpp)).toBe(true);
    expect(await isAccepted(tpp, 'marie-dubois')).toBe(false);
    expect(await isAccepted(await bank.registerTpp())).toBe(false);
    expect(await isAccepted(tpp, JAN.psuId, new Secret('invented'))).toBe(false);
    await bank.advance(1800);
    expect(await isAccepted(tpp)).toBe(false);
  });

  it('ends an access token after its hour', async () => {
    const { accessToken } = await firstPair();
    await bank.advance(3599);
    expect(await ibansOf(accessToken)).toEqual(JAN.ibans);
    await bank.advance(1);
    expect(await ibansOf(accessToken)).toBeUndefined();
  });

  it('gives an account the same logical ID through every consent of a PSU, and each TPP another', async () => {
    const idOf = async (by: Tpp): Promise<string> =>
      pairOf(await bank.tokens.redeem(await bank.approvedCode(by))).logicalId;
    const [first, again, other] = [await idOf(tpp), await idOf(tpp), await idOf(await bank.registerTpp())];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('stores no token in clear text', async () => {
    const { accessToken, refreshToken, scaToken } = await firstPair();
    const dump = await dumpDatabase(database.url);
    expect(dump).toContain(JAN.psuId);
    for (const token of [accessToken, refreshToken, scaToken]) expect(dump).not.toContain(token?.reveal());
  });

  it('forgets consents, tokens and counts on a reset, and keeps TPPs and PSUs', async () => {
    const { refreshToken } = await firstPair();
    await rotate(refreshToken);
    await rotate(refreshToken);
    await bank.reset();
    expect(await bank.ledger.totals()).toEqual({
      authorizationCodeGrants: 0,
      refreshGrants: 0,
      refreshReplays: 0,
      codeReplays: 0,
      probesAfterLostAnswer: 0,
      doubleSpends: 0,
      livePairs: 0,
    });
    expect(isPair(await bank.tokens.redeem(await bank.approvedCode(tpp)))).toBe(true);
  });
});
