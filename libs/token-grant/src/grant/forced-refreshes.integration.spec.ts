import { BankError } from '@consent-hub/bank-client';
import { ScriptedBank } from '@consent-hub/testing';
import { LONG_WAIT, ReplicasHarness } from '../../testing/replicas.harness.js';
import type { TokenGrants } from './token-grants.service.js';

const FORCED = { ...LONG_WAIT, isForced: true };
const TOO_SOON = { code: 'refresh_too_soon', context: { retryAfterSeconds: expect.any(Number) } };

let harness: ReplicasHarness;
let bank: ScriptedBank;
let grants: TokenGrants;
let other: TokenGrants;

beforeAll(async () => {
  harness = await ReplicasHarness.build();
  harness.forcedIntervalSeconds = 30;
});
afterAll(() => harness.close());
beforeEach(() => {
  bank = harness.bank = new ScriptedBank();
  grants = harness.replica('one').grants;
  other = harness.replica('two').grants;
});

const generationOf = async (id: string) => (await harness.stored(id)).tokenPair?.generation;
const secondsPass = (id: string, seconds: number) =>
  harness.dataSource.query(
    `UPDATE hub.token_request SET sent_at = sent_at - make_interval(secs => $2) WHERE consent_id = $1`,
    [id, seconds],
  );

describe('a forced refresh', () => {
  it('is refused while the last one of its consent is less than the interval ago, at any replica', async () => {
    const id = await harness.liveConsent();
    await grants.refresh(id, 1, FORCED);
    const refused = await other.refresh(id, 2, FORCED).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject(TOO_SOON);
    const { context } = refused as { context: { retryAfterSeconds: number } };
    expect(context.retryAfterSeconds).toBeGreaterThan(20);
    expect(context.retryAfterSeconds).toBeLessThanOrEqual(30);
    expect(await generationOf(id)).toBe(2);
    expect(await harness.statuses(id)).toEqual(['committed', 'committed']);
  });

  it('is made again once the interval has passed', async () => {
    const id = await harness.liveConsent();
    await grants.refresh(id, 1, FORCED);
    await secondsPass(id, 29);
    await expect(grants.refresh(id, 2, FORCED)).rejects.toMatchObject(TOO_SOON);
    await secondsPass(id, 2);
    await grants.refresh(id, 2, FORCED);
    expect(await generationOf(id)).toBe(3);
  });

  it('is made right after a refresh that was not forced, and after the first pair', async () => {
    const id = await harness.liveConsent();
    await grants.refresh(id, 1, LONG_WAIT);
    await grants.refresh(id, 2, FORCED);
    expect(await generationOf(id)).toBe(3);
  });

  it('delays no refresh that is not forced', async () => {
    const id = await harness.liveConsent();
    await grants.refresh(id, 1, FORCED);
    await grants.refresh(id, 2, LONG_WAIT);
    expect(await generationOf(id)).toBe(3);
  });

  it('is made once when ten callers of two replicas force it together, and serves them all', async () => {
    const id = await harness.liveConsent();
    const asked = bank.requests.length;
    await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? grants : other).refresh(id, 1, FORCED)));
    expect(bank.requests.length).toBe(asked + 1);
  });

  it('finds a newer pair than the one it is to replace, and is not refused', async () => {
    const id = await harness.liveConsent();
    await grants.refresh(id, 1, FORCED);
    await grants.refresh(id, 1, FORCED);
    expect(await generationOf(id)).toBe(2);
  });

  it('that never reached the bank does not count', async () => {
    const id = await harness.liveConsent();
    const notSent = () => Promise.reject(new BankError('not_sent'));
    bank.next(notSent, notSent, notSent);
    await expect(grants.refresh(id, 1, FORCED)).rejects.toMatchObject({ code: 'bank_unavailable' });
    await grants.refresh(id, 1, FORCED);
    expect(await generationOf(id)).toBe(2);
  });

  it('whose answer was lost does not count: the next one finds out what happened', async () => {
    const id = await harness.liveConsent();
    bank.next(() => Promise.reject(new BankError('outcome_unknown')));
    await expect(grants.refresh(id, 1, FORCED)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    await harness.leaseEnds(id);
    await grants.refresh(id, 1, FORCED);
    expect(await generationOf(id)).toBe(2);
    await expect(grants.refresh(id, 2, FORCED)).rejects.toMatchObject(TOO_SOON);
  });
});
