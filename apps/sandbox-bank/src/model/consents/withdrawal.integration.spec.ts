import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { JAN, BankModel } from '../../../testing/bank-model.harness.js';
import type { IssuedPair, TokenRefusal } from './token-pair.js';
import type { Tpp } from '../tpps/tpp.repository.js';

const WITHDRAWN = { reason: 'withdrawn', scope: 'AIS' };
const [IBAN = ''] = JAN.ibans;

describe('withdrawing a consent at the bank', () => {
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

  const pairOf = (outcome: IssuedPair | TokenRefusal): IssuedPair => {
    if ('reason' in outcome) throw new Error(`No pair was issued: ${outcome.reason}`);
    return outcome;
  };
  const firstPair = async (by = tpp, scope: 'AIS' | 'CAF' = 'AIS'): Promise<IssuedPair> => {
    const changes = scope === 'CAF' ? ({ scope, iban: IBAN } as const) : {};
    const choice = scope === 'CAF' ? { ...JAN, ibans: [IBAN] } : JAN;
    return pairOf(await bank.tokens.redeem(await bank.approvedCode(by, choice, changes)));
  };
  const access = ({ accessToken }: IssuedPair, by = tpp) => bank.tokens.findAccess(by.id, accessToken);
  const rotate = ({ refreshToken }: IssuedPair) =>
    bank.tokens.rotate({ tppId: tpp.id, refreshToken, scopes: ['AIS', 'CAF'] });

  it('is reported to the next call and refresh, and leaves no token pair live', async () => {
    const pair = await firstPair();
    expect(await bank.consents.withdraw(JAN.psuId)).toBe(1);
    expect(await access(pair)).toBe('withdrawn');
    expect(await rotate(pair)).toEqual(WITHDRAWN);
    expect(await rotate(pair)).toEqual(WITHDRAWN);
    expect(await bank.ledger.totals()).toMatchObject({ livePairs: 0, refreshGrants: 0, refreshReplays: 0 });
  });

  it('finds no live pair by the state of the consent any more', async () => {
    await bank.tokens.redeem(await bank.approvedCode(tpp, { ...JAN, state: 'the-state' }));
    expect(await bank.ledger.findPairByState('the-state')).not.toBeNull();
    await bank.consents.withdraw(JAN.psuId);
    expect(await bank.ledger.findPairByState('the-state')).toBeNull();
  });

  it('is not reported for tokens that are invalid for another reason', async () => {
    const first = await firstPair();
    const second = pairOf(await rotate(first));
    await bank.consents.withdraw(JAN.psuId);
    expect(await access(first)).toBeNull();
    expect(await rotate(first)).toEqual({ reason: 'invalid' });
    await bank.advance(3600);
    expect(await access(second)).toBeNull();
    expect(await rotate(second)).toEqual(WITHDRAWN);
  });

  it('ends what was approved and not yet exchanged; the code is not spent on it', async () => {
    const redemption = await bank.approvedCode(tpp);
    expect(await bank.consents.withdraw(JAN.psuId)).toBe(1);
    expect(await bank.tokens.redeem(redemption)).toEqual(WITHDRAWN);
    expect(await bank.ledger.totals()).toMatchObject({ authorizationCodeGrants: 0, codeReplays: 0 });
  });

  it('lets a new consent work', async () => {
    const former = await firstPair();
    await bank.consents.withdraw(JAN.psuId);
    const pair = await firstPair();
    expect(await access(pair)).toMatchObject({ psuId: JAN.psuId });
    expect(await rotate(former)).toEqual({ reason: 'invalid' });
    expect(pairOf(await rotate(pair)).scope).toBe('AIS');
  });

  it('ends those of one scope, of one client, or all, and says how many could still be used', async () => {
    const other = await bank.registerTpp();
    const [accounts, funds, others] = [
      await firstPair(),
      await firstPair(tpp, 'CAF'),
      await firstPair(other),
    ];
    expect(await bank.consents.withdraw(JAN.psuId, { scope: 'CAF' })).toBe(1);
    expect(await access(funds)).toBe('withdrawn');
    expect(await access(accounts)).toMatchObject({ scope: 'AIS' });
    expect(await bank.consents.withdraw(JAN.psuId, { clientId: tpp.clientId })).toBe(1);
    expect(await access(accounts)).toBe('withdrawn');
    expect(await access(others, other)).toMatchObject({ scope: 'AIS' });
    expect(await bank.consents.withdraw(JAN.psuId)).toBe(1);
    expect(await bank.consents.withdraw(JAN.psuId)).toBe(0);
  });

  it('counts neither a consent that was replaced nor one that has ended, and changes nothing of other people', async () => {
    const marie = { psuId: 'marie-dubois', ibans: ['BE83063154780915'] };
    const hers = pairOf(await bank.tokens.redeem(await bank.approvedCode(tpp, marie)));
    await firstPair();
    await firstPair();
    expect(await bank.consents.withdraw(JAN.psuId)).toBe(1);
    expect(await access(hers)).toMatchObject({ psuId: marie.psuId });
    await bank.advance(181 * 86_400);
    expect(await bank.consents.withdraw(marie.psuId)).toBe(0);
  });

  it('refuses or withdraws a code that is exchanged at the same moment', async () => {
    for (let round = 0; round < 20; round++) {
      const redemption = await bank.approvedCode(tpp);
      const [outcome] = await Promise.all([
        bank.tokens.redeem(redemption),
        bank.consents.withdraw(JAN.psuId),
      ]);
      if ('reason' in outcome) expect(outcome).toEqual(WITHDRAWN);
      else expect(await access(outcome)).toBe('withdrawn');
    }
  });
});
