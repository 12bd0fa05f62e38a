import { figure } from '../support/chaos/figures.js';
import {
  allRefresh,
  callsOf,
  LONGEST_PAUSE_MS,
  refreshes,
  scenario,
  SCENARIO_WITHIN_MS,
  UNHARMED,
  judgementOf,
  withStack,
} from '../support/chaos/scenario.js';
import type { ChaosStack } from '../support/chaos/stack.js';
import { until } from '../stack/local-stack.js';

jest.setTimeout(SCENARIO_WITHIN_MS);

const SETTLE_MS = LONGEST_PAUSE_MS + figure(60_000, 120_000);
const DUE_IN_SECONDS = figure(5, 8);
const ALLOWED_FAILURES = 5;

describe('two hubs that were given one HUB_INSTANCE', () => {
  const ownEnv = [{ HUB_INSTANCE: 'hub' }, { HUB_INSTANCE: 'hub' }];

  scenario(
    'both work, under names of their own, and spend no pair twice though a failover forgets the last commits',
    async () => {
      await withStack({ replicas: 2, ownPostgres: true, ownEnv }, async (stack) => {
        const consents = await stack.given(figure(60, 200));
        await stack.makeDue(consents, DUE_IN_SECONDS);
        await stack.postgres.copy();
        await refreshes(stack, Math.ceil(consents.length / 2), SETTLE_MS);
        await stack.postgres.failOver();
        const title = 'two hubs with one HUB_INSTANCE';
        expect(await judgementOf(stack, consents, { title, withinMs: SETTLE_MS })).toMatchObject(UNHARMED);
        await allRefresh(stack, consents);
        const owners = await stack.hubDatabase.query(`SELECT DISTINCT owner FROM hub.token_request`);
        expect(owners).toHaveLength(2);
      });
    },
  );

  scenario('have one allowance of failures at a bank that burns tokens', async () => {
    const hubEnv = {
      REFRESH_GUARD_FAILURES: String(ALLOWED_FAILURES),
      REFRESH_GUARD_WINDOW: '20',
      REFRESH_GUARD_CANARY_SECONDS: '3600',
    };
    await withStack({ replicas: 2, ownEnv, hubEnv }, async (stack) => {
      const burning = await stack.given(figure(100, 500));
      const healthy = await stack.given(figure(20, 100), 'banx');
      const before = callsOf(stack.hubs);
      // A bank that was well a moment ago may be asked for more at a time.
      await until('nothing was asked for a while', async () => (await quietSeconds(stack)) > 4, SETTLE_MS);
      await stack.bank.fault({ name: 'rotate_then_500', brand: 'belfius' });
      await stack.makeDue(burning);
      await until('the breaker is open', async () => (await breakerOf(stack)).status === 'open', SETTLE_MS);
      // Calls to the burning bank that still wait have the time to be sent.
      for (let round = 0; round < 2; round++) {
        await stack.makeDue(healthy);
        await stack.settles(healthy, SETTLE_MS);
      }
      const burned = callsOf(stack.hubs) - before - 2 * healthy.length;
      const title = 'a bank that burns tokens, two hubs with one HUB_INSTANCE';
      const judgement = await judgementOf(stack, healthy, { title, burned, withinMs: SETTLE_MS });
      expect(judgement).toMatchObject({ lost: 0, replays: 0, violations: [] });
      expect(burned).toBeLessThanOrEqual(ALLOWED_FAILURES);
    });
  });

  const quietSeconds = async (stack: ChaosStack) => (await breakerOf(stack)).quiet_seconds;

  async function breakerOf(stack: ChaosStack): Promise<{ status: string; quiet_seconds: number }> {
    const [row] = await stack.hubDatabase.query<{ status: string; quiet_seconds: number }>(
      `SELECT status, extract(epoch FROM now() - coalesce(reported_at, '-infinity'))::float8 AS quiet_seconds
         FROM hub.refresh_circuit_breaker WHERE brand = 'belfius'`,
    );
    return row ?? { status: 'closed', quiet_seconds: Infinity };
  }
});
