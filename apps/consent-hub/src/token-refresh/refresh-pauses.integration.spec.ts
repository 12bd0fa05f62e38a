import { randomUUID } from 'node:crypto';
import { RefreshPauses, type ActingAdmin } from '@consent-hub/consent';
import { BURNS, DueConsents, until, WELL, type Replica } from '../../testing/due-consents.harness.js';

jest.setTimeout(60_000);

let harness: DueConsents;
beforeEach(async () => {
  harness = await DueConsents.build();
});
afterEach(() => harness.close());

const BY: ActingAdmin = { actor: 'admin:link:otto', adminAction: randomUUID() };

const pausesOf = ({ world }: Replica): RefreshPauses => world.get(RefreshPauses, { strict: false });
const pause = (replica: Replica) =>
  harness.dataSource.transaction((tx) => pausesOf(replica).pause(tx, 'belfius', BY));
const resume = (replica: Replica) =>
  harness.dataSource.transaction((tx) => pausesOf(replica).resume(tx, 'belfius', BY));
const standing = async (replica: Replica) =>
  (await pausesOf(replica).read()).find(({ brand }) => brand === 'belfius');
const events = async (): Promise<string[]> => {
  const rows = await harness.dataSource.query<{ text: string }[]>(
    `SELECT type || ' ' || (data ->> 'reason') || ' ' || coalesce(data ->> 'actor', '-') AS text
       FROM hub.hub_event ORDER BY position`,
  );
  return rows.map(({ text }) => text);
};
/** Sweeps until the circuit breaker is open and nothing is under way. */
const untilOpen = (replica: Replica) =>
  until(async () => {
    await replica.job.run();
    const { status, underWay } = await harness.circuitBreakerOf('belfius');
    return status === 'open' && underWay === 0;
  });

describe('refreshes that a person has paused', () => {
  it('begin on no replica, not even one that has read before, until they are resumed', async () => {
    const [one, other] = [await harness.replica(), await harness.replica()];
    await harness.due(3, 'belfius');
    await Promise.all([one.job.run(), other.job.run()]);
    await until(async () => (await harness.circuitBreakerOf('belfius')).underWay === 0);
    const ids = await harness.due(10, 'belfius');
    expect(await pause(one)).toBe(true);
    for (let times = 0; times < 3; times++) await Promise.all([one.job.run(), other.job.run()]);
    expect(harness.bank.callsTo(ids)).toBe(0);
    expect(await standing(other)).toMatchObject({ status: 'closed', pausedBy: 'admin:link:otto' });
    expect(await resume(other)).toBe(true);
    await until(async () => {
      await Promise.all([one.job.run(), other.job.run()]);
      return harness.bank.callsTo(ids) === ids.length;
    });
    expect(await events()).toEqual([
      'hub.refreshes_paused paused_by_admin admin:link:otto',
      'hub.refreshes_resumed resumed_by_admin admin:link:otto',
    ]);
  });

  it('are paused once, and resumed once', async () => {
    const replica = await harness.replica();
    expect([await pause(replica), await pause(replica)]).toEqual([true, false]);
    expect([await resume(replica), await resume(replica)]).toEqual([true, false]);
    expect(await events()).toHaveLength(2);
  });

  it('leave the other brand alone', async () => {
    const replica = await harness.replica();
    await pause(replica);
    const ids = await harness.due(5, 'banx');
    await until(async () => {
      await replica.job.run();
      return harness.bank.callsTo(ids) === ids.length;
    });
  });
});

describe('an open circuit breaker', () => {
  it('keeps the results that opened it, in their order', async () => {
    const replica = await harness.replica();
    await harness.due(5, 'belfius');
    await until(async () => {
      await replica.job.run();
      return (await standing(replica))?.results.length === 5;
    });
    harness.bank.mood.belfius = BURNS;
    const burned = await harness.due(20, 'belfius');
    await untilOpen(replica);
    const { results = [], failures } = (await standing(replica)) ?? {};
    const counted = results.filter((consentId) => consentId !== null);
    expect(counted.length).toBeGreaterThanOrEqual(failures ?? Infinity);
    expect(burned).toEqual(expect.arrayContaining(counted));
    expect(results.slice(0, 5)).toEqual([null, null, null, null, null]);
  });

  it('that a person resumes tries one refresh, and then the others', async () => {
    const replica = await harness.replica({ canaryMs: 3_600_000 });
    harness.bank.mood.belfius = BURNS;
    const ids = await harness.due(30, 'belfius');
    await untilOpen(replica);
    const healthy = ids.filter((id) => !harness.bank.calls.has(id));
    harness.bank.mood.belfius = WELL;
    expect(await resume(replica)).toBe(true);
    expect(await standing(replica)).toMatchObject({ status: 'half_open', resumedBy: 'admin:link:otto' });
    await until(async () => {
      await replica.job.run();
      return (await harness.generations(healthy))['2'] === healthy.length;
    });
    expect(await standing(replica)).toMatchObject({ status: 'closed', resumedBy: null });
    expect(await events()).toEqual([
      'hub.refreshes_paused refreshes_failed -',
      'hub.refreshes_resumed resumed_by_admin admin:link:otto',
    ]);
  });

  it('that is resumed too early costs one pair, opens again, and says so', async () => {
    const replica = await harness.replica({ canaryMs: 3_600_000 });
    harness.bank.mood.belfius = BURNS;
    const ids = await harness.due(30, 'belfius');
    await untilOpen(replica);
    const before = harness.bank.callsTo(ids);
    await resume(replica);
    await untilOpen(replica);
    expect(harness.bank.callsTo(ids)).toBe(before + 1);
    expect(await standing(replica)).toMatchObject({ status: 'open', resumedBy: null });
    expect(await events()).toEqual([
      'hub.refreshes_paused refreshes_failed -',
      'hub.refreshes_resumed resumed_by_admin admin:link:otto',
      'hub.refreshes_paused refreshes_failed -',
    ]);
  });
});
