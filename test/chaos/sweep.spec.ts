import { figure, report, WITHIN_MS } from '../support/chaos/figures.js';
import { REPLAY_KILLS_PAIR } from '../support/chaos/scenario.js';
import { ChaosStack } from '../support/chaos/stack.js';
import { until } from '../stack/local-stack.js';

jest.setTimeout(WITHIN_MS);

/** More than one hub refreshes before the others search: each searches once a second. */
const DUE = figure(1_000, 2_000);
const SETTLE_MS = figure(30_000, 120_000);
const FIVE_MINUTES_MS = 300_000;
const GUARD_FAILURES = 5;

describe('replicas that sweep side by side, two of whose clocks are five minutes wrong', () => {
  let stack: ChaosStack;
  beforeAll(async () => {
    stack = await ChaosStack.start({
      replicas: 4,
      bankEnv: REPLAY_KILLS_PAIR,
      hubEnv: {
        REFRESH_GUARD_FAILURES: String(GUARD_FAILURES),
        // A canary belongs to another test: none comes while this one runs.
        REFRESH_GUARD_CANARY_SECONDS: '3600',
      },
      ownEnv: [
        {},
        {},
        { CHAOS_CLOCK_SKEW_MS: String(FIVE_MINUTES_MS) },
        { CHAOS_CLOCK_SKEW_MS: String(-FIVE_MINUTES_MS) },
      ],
    });
  });
  afterAll(() => stack.close());

  it('refresh nothing before its time, and hand out the same life of a token, with any setting of their clocks', async () => {
    const consents = await stack.given(4);
    const lives = await Promise.all(
      consents.map(async ({ id }, number) => {
        const { body } = await stack
          .hub(number)
          .call<{ expires_in: number }>('GET', `/v1/consents/${id}/access-token?min_validity_seconds=600`);
        return body.expires_in;
      }),
    );
    expect(Math.max(...lives) - Math.min(...lives)).toBeLessThan(30);
    expect(await stack.judgement(consents)).toMatchObject({ refreshes: 0, lost: 0, violations: [] });
  });

  it('refresh each of many due consents once when they are four', async () => {
    const consents = await stack.given(DUE);
    await stack.makeDue(consents);
    await stack.settles(consents, SETTLE_MS);
    const judgement = await stack.judgement(consents);
    report(`${DUE} due consents, 4 replicas, two with a wrong clock`, judgement);
    expect(judgement).toMatchObject({ refreshes: DUE, replays: 0, lost: 0, inDoubt: 0, violations: [] });
    // Otherwise no two hubs raced.
    expect(stack.hubs.filter(({ calls }) => calls.length > 0).length).toBeGreaterThan(1);
  });

  it('refresh each of many due consents once when they are two', async () => {
    await Promise.all([stack.hub(2).stop(), stack.hub(3).stop()]);
    const consents = await stack.given(DUE);
    await stack.makeDue(consents);
    await stack.settles(consents, SETTLE_MS);
    const judgement = await stack.judgement(consents);
    report(`${DUE} due consents, 2 replicas`, judgement);
    expect(judgement).toMatchObject({ refreshes: DUE, replays: 0, lost: 0, inDoubt: 0, violations: [] });
  });

  it('stop at the configured number when a bank burns tokens, and continue at the other brand', async () => {
    await Promise.all([stack.hub(2).start(), stack.hub(3).start()]);
    const burning = await stack.given(DUE, 'belfius');
    const healthy = await stack.given(figure(50, 500), 'banx');
    const callsBefore = callsTo('belfius');
    // A bank that was well a moment ago may be asked for more at a time.
    await until(
      'the circuit breaker starts afresh',
      async () => (await quietSeconds('belfius')) > 4,
      SETTLE_MS,
    );
    await stack.bank.fault({ name: 'rotate_then_500', brand: 'belfius' });
    await Promise.all([stack.makeDue(burning), stack.makeDue(healthy)]);
    await until('the circuit breaker is open', async () => (await guardOf('belfius')) === 'open', SETTLE_MS);
    await stack.settles(healthy, SETTLE_MS);
    // A second round of the other brand: calls to the burning one that still waited have had the time to be sent.
    await stack.makeDue(healthy);
    await stack.settles(healthy, SETTLE_MS);
    const burned = callsTo('belfius') - callsBefore;
    const judgement = await stack.judgement(healthy);
    report('a bank that burns tokens, 4 replicas', { burned, allowed: GUARD_FAILURES, ...judgement });
    expect(burned).toBeLessThanOrEqual(GUARD_FAILURES);
    expect(await guardOf('banx')).toBe('closed');
    expect(judgement).toMatchObject({ lost: 0, replays: 0, violations: [] });
    expect(judgement.refreshes - burned).toBe(2 * healthy.length);
  });

  const callsTo = (brand: 'belfius' | 'banx') =>
    stack.hubs.reduce((sum, hub) => sum + hub.relays[brand].calls.length, 0);

  async function quietSeconds(brand: string): Promise<number> {
    const [row] = await stack.hubDatabase.query<{ seconds: number }>(
      `SELECT extract(epoch FROM now() - coalesce(reported_at, '-infinity'))::float8 AS seconds
         FROM hub.refresh_circuit_breaker WHERE brand = $1`,
      [brand],
    );
    return row?.seconds ?? 0;
  }

  async function guardOf(brand: string): Promise<string | undefined> {
    const [row] = await stack.hubDatabase.query<{ status: string }>(
      `SELECT status FROM hub.refresh_circuit_breaker WHERE brand = $1`,
      [brand],
    );
    return row?.status;
  }
});
