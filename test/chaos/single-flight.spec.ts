import { setTimeout as delay } from 'node:timers/promises';
import { figure, report, WITHIN_MS } from '../support/chaos/figures.js';
import { REPLAY_KILLS_PAIR } from '../support/chaos/scenario.js';
import { ChaosStack } from '../support/chaos/stack.js';
import type { SeededConsent } from '../support/chaos/seed.js';

jest.setTimeout(WITHIN_MS);

interface Token {
  readonly access_token: string;
  readonly generation: number;
}

describe('callers of one due consent at two replicas', () => {
  let stack: ChaosStack;
  beforeAll(async () => {
    stack = await ChaosStack.start({ replicas: 2, bankEnv: REPLAY_KILLS_PAIR });
  });
  afterAll(() => stack.close());

  const ask = (caller: number, { id }: SeededConsent) =>
    stack
      .hub(caller % 2)
      .call<Token>('POST', `/v1/consents/${id}/access-token/rejections`, { generation: 1 });

  it('cost one refresh at the bank when 50 come at once, and all get the new token', async () => {
    const rounds = figure(3, 40);
    const consents = await stack.given(rounds);
    for (const consent of consents) {
      const answers = await Promise.all(Array.from({ length: 50 }, (_, caller) => ask(caller, consent)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1);
      expect(answers[0]?.body.generation).toBe(2);
    }
    const judgement = await stack.judgement(consents);
    report('50 callers on one due consent, 2 replicas', { rounds, ...judgement });
    expect(judgement).toMatchObject({ refreshes: rounds, replays: 0, lost: 0, inDoubt: 0, violations: [] });
  });

  it.each(figure([10_800], [10_800, 100_000]))(
    'cost one refresh when the bank takes %i ms, and callers with short deadlines get a time to try again',
    async (delayMs) => {
      const [consent] = await stack.given(1);
      if (!consent) throw new Error('There is no consent');
      await stack.bank.fault({ name: 'slow', times: 1, delay_ms: delayMs });
      const answers = await askEverySecond(consent);
      const judgement = await stack.judgement([consent]);
      const refused = answers.filter(({ status }) => status === 503);
      report(`bank answers after ${delayMs} ms, 2 replicas`, {
        callers: answers.length,
        refused: refused.length,
        ...judgement,
      });
      expect(judgement).toMatchObject({ refreshes: 1, replays: 0, lost: 0, inDoubt: 0, violations: [] });
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.every(({ retryAfter }) => Number(retryAfter) >= 1)).toBe(true);
      const served = answers.filter(({ status }) => status === 200);
      expect(served.length + refused.length).toBe(answers.length);
      expect(new Set(served.map(({ body }) => body.generation))).toEqual(new Set([2]));
    },
  );

  /** A new caller every second, at either replica in turn, until one is served; then all that still wait. */
  async function askEverySecond(consent: SeededConsent) {
    const asked: ReturnType<typeof ask>[] = [];
    const seen = { served: false };
    while (!seen.served) {
      const answer = ask(asked.length, consent);
      asked.push(answer);
      void answer.then(({ status }) => (seen.served ||= status === 200));
      await delay(1_000);
    }
    return Promise.all(asked);
  }
});
