import { figure } from '../support/chaos/figures.js';
import {
  callsUnderWay,
  LEASE_MS,
  SCENARIO_WITHIN_MS,
  UNHARMED,
  verdictOf,
  withStack,
} from '../support/chaos/scenario.js';

jest.setTimeout(SCENARIO_WITHIN_MS);

/** The long form takes longer than any usual grace of a container platform. */
const CALL_MS = figure(12_000, 40_000);

describe('a hub that is asked to end while a slow bank has its calls', () => {
  it('waits for their answers, stores them, and leaves nothing in doubt to the others', async () => {
    const hubEnv = { BANK_TOKEN_TIMEOUT_MS: String(CALL_MS + 20_000) };
    await withStack({ replicas: figure(2, 3), hubEnv }, async (stack) => {
      const consents = await stack.given(figure(40, 200));
      const [leaving] = stack.hubs;
      if (!leaving) throw new Error('There is no hub');
      await callsUnderWay(stack, consents, { callMs: CALL_MS, count: 10 });
      const underWay = leaving.calls.filter(({ endedAt }) => endedAt === null);
      const since = performance.now();
      await leaving.stop(CALL_MS + LEASE_MS);
      const tookMs = Math.round(performance.now() - since);
      expect(underWay.length).toBeGreaterThan(0);
      expect(underWay.map(({ answer }) => answer?.status)).toEqual(underWay.map(() => 200));
      const title = `a hub is asked to end, calls of ${CALL_MS} ms`;
      const verdict = await verdictOf(stack, consents, { title, tookMs, withinMs: CALL_MS + LEASE_MS });
      expect(verdict).toMatchObject({ ...UNHARMED, doubtsResolved: 0 });
      await leaving.start();
      await stack.makeDue(consents);
      expect(
        await verdictOf(stack, consents, { title: 'and is started again', withinMs: LEASE_MS + CALL_MS }),
      ).toMatchObject(UNHARMED);
    });
  });
});
