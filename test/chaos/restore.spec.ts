import { setTimeout as delay } from 'node:timers/promises';
import { figure } from '../support/chaos/figures.js';
import {
  allRefresh,
  LONGEST_PAUSE_MS,
  scenario,
  SCENARIO_WITHIN_MS,
  UNHARMED,
  judgementOf,
  withStack,
} from '../support/chaos/scenario.js';
import type { ChaosStack } from '../support/chaos/stack.js';

jest.setTimeout(SCENARIO_WITHIN_MS);

const REPLICAS = figure(2, 3);
/** A backup is as many generations old. */
const GENERATIONS = figure(2, 4);
const APART_MS = 20_000;
const SETTLE_MS = LONGEST_PAUSE_MS + figure(60_000, 150_000);

/** What happens to the hubs, whose spools stay, while their database is set back. */
const FORMS: readonly (readonly [what: string, restore: (stack: ChaosStack) => Promise<void>])[] = [
  ['while they run', (stack) => stack.postgres.failOver()],
  [
    'while they are stopped, and they start 20 s apart',
    async (stack) => {
      for (const hub of stack.hubs) await hub.stop();
      await stack.postgres.failOver();
      for (const hub of stack.hubs) {
        await hub.start();
        await delay(APART_MS);
      }
    },
  ],
  [
    'while they run, and they are restarted one after the other',
    async (stack) => {
      await stack.postgres.failOver();
      for (const hub of stack.hubs) {
        await hub.stop();
        await delay(APART_MS);
        await hub.start();
      }
    },
  ],
  [
    'while they are stopped, and they start at once',
    async (stack) => {
      for (const hub of stack.hubs) await hub.stop();
      await stack.postgres.failOver();
      await Promise.all(stack.hubs.map((hub) => hub.start()));
    },
  ],
];

describe('replicas whose database is restored from a backup several generations old', () => {
  scenario.each(figure(FORMS.slice(0, 2), FORMS))(
    'bring every pair back from their spools and spend none twice when that happens %s',
    async (what, restore) => {
      await withStack({ replicas: REPLICAS, ownPostgres: true }, async (stack) => {
        const consents = await stack.given(figure(60, 200));
        await stack.makeDue(consents);
        await stack.settles(consents, SETTLE_MS);
        // At once due again when it is restored.
        await stack.makeDue(consents, 1);
        await stack.postgres.copy();
        for (let generation = 0; generation < GENERATIONS; generation++) {
          await stack.makeDue(consents);
          await stack.settles(consents, SETTLE_MS);
        }
        await restore(stack);
        await stack.makeDue(consents);
        const title = `restored from a backup ${what}`;
        const judgement = await judgementOf(stack, consents, { title, withinMs: SETTLE_MS });
        expect(judgement).toMatchObject(UNHARMED);
        expect(judgement.refreshes).toBeGreaterThan((1 + GENERATIONS) * consents.length - 1);
        await allRefresh(stack, consents);
      });
    },
  );
});
