import { setTimeout as delay } from 'node:timers/promises';
import { figure } from '../support/chaos/figures.js';
import {
  allRefresh,
  callsUnderWay,
  LONGEST_PAUSE_MS,
  refreshes,
  scenario,
  SCENARIO_WITHIN_MS,
  UNHARMED,
  judgementOf,
  withStack,
} from '../support/chaos/scenario.js';
import type { SeededConsent } from '../support/chaos/seed.js';
import type { ChaosStack } from '../support/chaos/stack.js';

jest.setTimeout(SCENARIO_WITHIN_MS);

const REPLICAS = figure(2, 3);
/** Longer than a copy takes: a standby knows what is due, and does not know what was refreshed since. */
const DUE_IN_SECONDS = figure(5, 8);
const SETTLE_MS = LONGEST_PAUSE_MS + figure(60_000, 150_000);
/** Longer than any hub waits before it spends again, so that calls are still under way then. */
const SLOW_MS = 30_000;
const hubEnv = { BANK_TOKEN_TIMEOUT_MS: String(SLOW_MS + 15_000) };

interface Vanishing {
  readonly name: string;
  /** For how many hubs the host has vanished without a reset. */
  readonly silent: 'one' | 'all';
  /** After that, new connections lead to the new primary. */
  readonly backAfterMs: number;
  /** How long the bank takes for the calls that are under way. */
  readonly callMs: number;
}

const FORMS: readonly Vanishing[] = [
  { name: 'for one of them', silent: 'one', backAfterMs: 0, callMs: 0 },
  { name: 'for all of them', silent: 'all', backAfterMs: 0, callMs: 0 },
  { name: 'for one of them, for 45 s', silent: 'one', backAfterMs: 45_000, callMs: 0 },
  { name: 'for one of them, under slow calls', silent: 'one', backAfterMs: 0, callMs: SLOW_MS },
  { name: 'for all of them, under slow calls', silent: 'all', backAfterMs: 0, callMs: SLOW_MS },
];

describe('replicas whose next primary has forgotten the last commits', () => {
  scenario.each(figure(FORMS.slice(3, 4), FORMS))(
    'spend no pair twice and lose none when the host of the one before vanishes $name',
    async ({ name, silent, backAfterMs, callMs }) => {
      await withStack({ replicas: REPLICAS, ownPostgres: true, proxied: true, hubEnv }, async (stack) => {
        const rounds = figure(1, 3);
        const consents = await stack.given(figure(60, 200));
        let forgotten = 0;
        for (let round = 0; round < rounds; round++) {
          await goesBeyondCopy(stack, consents, callMs);
          const stored = await entries(stack);
          const cut = silent === 'one' ? stack.hubs.slice(0, 1) : stack.hubs;
          for (const { databaseProxy } of cut) databaseProxy.swallow();
          await stack.postgres.failOver();
          forgotten += stored - (await entries(stack));
          await stack.makeDue(consents);
          await delay(backAfterMs);
          for (const { databaseProxy } of cut) databaseProxy.pass();
          await stack.settles(consents, SETTLE_MS);
        }
        const title = `the host of the primary vanishes ${name}`;
        const judgement = await judgementOf(stack, consents, {
          title,
          rounds,
          forgotten,
          withinMs: SETTLE_MS,
        });
        expect(forgotten).toBeGreaterThan(0);
        expect(judgement).toMatchObject(UNHARMED);
        await allRefresh(stack, consents);
      });
    },
  );

  scenario(
    'spend no pair twice and lose none when a synchronous standby takes over within seconds',
    async () => {
      await withStack({ replicas: REPLICAS, ownPostgres: true, proxied: true, hubEnv }, async (stack) => {
        const rounds = figure(1, 5);
        const consents = await stack.given(figure(60, 200));
        let [forgotten, longestMs] = [0, 0];
        for (let round = 0; round < rounds; round++) {
          await stack.postgres.standBy('synchronous');
          await goesBeyondCopy(stack, consents, 0);
          const stored = await entries(stack);
          const since = performance.now();
          await stack.postgres.promote();
          await stack.postgres.failOver();
          longestMs = Math.max(longestMs, Math.round(performance.now() - since));
          forgotten += stored - (await entries(stack));
          await stack.settles(consents, SETTLE_MS);
        }
        const title = 'a synchronous failover, and at once one that forgets';
        const counted = { rounds, forgotten, longestMs };
        const judgement = await judgementOf(stack, consents, { title, ...counted, withinMs: SETTLE_MS });
        expect(forgotten).toBeGreaterThan(0);
        expect(judgement).toMatchObject(UNHARMED);
        await allRefresh(stack, consents);
      });
    },
  );

  /** Copies the database before the pairs are due, and lets half of them be refreshed, or their calls be under way. */
  async function goesBeyondCopy(
    stack: ChaosStack,
    consents: readonly SeededConsent[],
    callMs: number,
  ): Promise<void> {
    const inSeconds = callMs > 0 ? 3_600 : DUE_IN_SECONDS;
    await stack.makeDue(consents, inSeconds);
    await stack.postgres.copy();
    if (callMs > 0) await callsUnderWay(stack, consents, { callMs, count: 10 });
    else await refreshes(stack, Math.ceil(consents.length / 2), SETTLE_MS);
  }

  async function entries(stack: ChaosStack): Promise<number> {
    const [row] = await stack.hubDatabase.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM hub.token_request`,
    );
    return row?.count ?? 0;
  }
});
