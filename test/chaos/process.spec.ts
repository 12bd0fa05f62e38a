import { setTimeout as delay } from 'node:timers/promises';
import { figure } from '../support/chaos/figures.js';
import type { ChaosHub } from '../support/chaos/hub.js';
import {
  allRefresh,
  callsUnderWay,
  LEASE_MS,
  scenario,
  SCENARIO_WITHIN_MS,
  UNHARMED,
  judgementOf,
  withStack,
} from '../support/chaos/scenario.js';

jest.setTimeout(SCENARIO_WITHIN_MS);

const REPLICAS = figure(2, 3);
const CALL_MS = 3_000;
const SETTLE_MS = figure(90_000, 150_000);

/** The long form takes longer than any usual grace of a container platform. */
const ENDING_CALL_MS = figure(12_000, 40_000);

describe('a hub whose process is stopped and continued while its calls are answered', () => {
  for (const pauseMs of figure([], [10_000, LEASE_MS - 8_000]))
    scenario(
      `loses no pair and no pair is spent twice when that lasts ${pauseMs} ms, less than a lease`,
      async () => {
        await withStack({ replicas: REPLICAS }, async (stack) => {
          const consents = await stack.given(figure(40, 200));
          await callsUnderWay(stack, consents, { callMs: CALL_MS, count: 10 });
          stack.hub(0).pause();
          await delay(pauseMs);
          stack.hub(0).resume();
          const title = `a hub paused for ${pauseMs} ms`;
          expect(await judgementOf(stack, consents, { title, withinMs: SETTLE_MS })).toMatchObject(UNHARMED);
          await allRefresh(stack, consents);
        });
      },
    );

  scenario('spends no pair that was spent without it when that lasts longer than a lease', async () => {
    const rounds = figure(1, 4);
    await withStack({ replicas: REPLICAS }, async (stack) => {
      const consents = await stack.given(figure(40, 200));
      for (let round = 0; round < rounds; round++) {
        await callsUnderWay(stack, consents, { callMs: CALL_MS, count: 10 });
        stack.hub(0).pause();
        await delay(LEASE_MS + 7_000);
        stack.hub(0).resume();
        await stack.settles(consents, SETTLE_MS);
      }
      const title = 'a hub paused for longer than a lease';
      const judgement = await judgementOf(stack, consents, { title, rounds, withinMs: SETTLE_MS });
      expect(judgement).toMatchObject({ inDoubt: 0, violations: [] });
      // No other process could read the answers that came for the one that did not run.
      expect(judgement.lost).toBe(judgement.lostNotReceived + judgement.lostAtTheLastMoment);
      expect(judgement.lost).toBeLessThan(consents.length / 2);
    });
  });
});

describe('a hub that is asked to end while a slow bank has its calls', () => {
  scenario('waits for their answers, stores them, and leaves nothing in doubt to the others', async () => {
    const hubEnv = { BANK_TOKEN_TIMEOUT_MS: String(ENDING_CALL_MS + 20_000) };
    await withStack({ replicas: figure(2, 3), hubEnv }, async (stack) => {
      const consents = await stack.given(figure(40, 200));
      await callsUnderWay(stack, consents, { callMs: ENDING_CALL_MS, count: 10 });
      // Any of them may have claimed what was due.
      const callsUnderWayOf = (hub: ChaosHub) => hub.calls.filter(({ endedAt }) => endedAt === null);
      const [leaving] = stack.hubs.toSorted((a, b) => callsUnderWayOf(b).length - callsUnderWayOf(a).length);
      if (!leaving) throw new Error('There is no hub');
      const underWay = callsUnderWayOf(leaving);
      const since = performance.now();
      await leaving.stop(ENDING_CALL_MS + LEASE_MS);
      const tookMs = Math.round(performance.now() - since);
      expect(underWay.length).toBeGreaterThan(0);
      expect(underWay.map(({ answer }) => answer?.status)).toEqual(underWay.map(() => 200));
      const title = `a hub is asked to end, calls of ${ENDING_CALL_MS} ms`;
      const judgement = await judgementOf(stack, consents, {
        title,
        tookMs,
        withinMs: ENDING_CALL_MS + LEASE_MS,
      });
      expect(judgement).toMatchObject({ ...UNHARMED, doubtsResolved: 0 });
      await leaving.start();
      await stack.makeDue(consents);
      expect(
        await judgementOf(stack, consents, {
          title: 'and is started again',
          withinMs: LEASE_MS + ENDING_CALL_MS,
        }),
      ).toMatchObject(UNHARMED);
    });
  });
});
