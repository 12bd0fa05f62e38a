import { setTimeout as delay } from 'node:timers/promises';
import { figure } from '../support/chaos/figures.js';
import {
  callsUnderWay,
  during,
  LEASE_MS,
  refreshes,
  scenario,
  SCENARIO_WITHIN_MS,
  UNHARMED,
  judgementOf,
  withStack,
} from '../support/chaos/scenario.js';

jest.setTimeout(SCENARIO_WITHIN_MS);

const REPLICAS = figure(2, 3);
/** Their calls are under way when the lock is taken, and are answered while it is held. */
const CALL_MS = 3_000;
const HOLD_MS = LEASE_MS + 7_000;
const SETTLE_MS = figure(60_000, 120_000);
/** The longest time in which no pair without a lock is refreshed. */
const GOES_ON_MS = 15_000;

/** What another client does in the database: statements of transactions that then stay open. */
type Transactions = readonly (readonly string[])[];

const VACUUM_FULL: readonly [string, Transactions] = [
  'VACUUM FULL takes',
  [[`LOCK TABLE hub.token_pair IN ACCESS EXCLUSIVE MODE`]],
];
const TABLE_LOCKS: readonly (readonly [name: string, transactions: Transactions])[] = figure(
  [VACUUM_FULL],
  [
    VACUUM_FULL,
    ['VACUUM FULL takes on the journal', [[`LOCK TABLE hub.token_request IN ACCESS EXCLUSIVE MODE`]]],
    ['CREATE INDEX takes', [[`LOCK TABLE hub.token_pair IN SHARE MODE`]]],
    [
      'ALTER TABLE waits for behind a long reader',
      [
        [`SELECT count(*) FROM hub.token_pair`],
        [`ALTER TABLE hub.token_pair ALTER COLUMN generation SET DEFAULT 1`],
      ],
    ],
  ],
);

describe('a lock that is held in the database for longer than a lease', () => {
  scenario(
    'delays one pair alone when it is of the row of its consent, and another when it is of its own row',
    async () => {
      await withStack({ replicas: REPLICAS }, async (stack) => {
        const consents = await stack.given(figure(40, 200));
        const [one, another, ...others] = consents;
        if (!one || !another) throw new Error('There are no consents');
        await callsUnderWay(stack, [one, another], { callMs: CALL_MS, count: 2 });
        const hold = await stack.hubDatabase.hold(
          `SELECT FROM hub.consent WHERE id = '${one.id}' FOR UPDATE`,
          `SELECT FROM hub.token_pair WHERE consent_id = '${another.id}' FOR UPDATE`,
        );
        await hold.taken;
        const sweep = stack.keepDue(others);
        const rounds = await during(delay(HOLD_MS), () => refreshes(stack, 1, GOES_ON_MS));
        await hold.release();
        await sweep.end();
        const title = `two rows locked for ${HOLD_MS} ms`;
        expect(await judgementOf(stack, consents, { title, rounds, withinMs: SETTLE_MS })).toMatchObject(
          UNHARMED,
        );
      });
    },
  );

  scenario.each(TABLE_LOCKS)(
    'makes hubs spend no pair twice and lose none when it is the one that %s',
    async (name, transactions) => {
      await withStack({ replicas: REPLICAS }, async (stack) => {
        const consents = await stack.given(figure(40, 200));
        await callsUnderWay(stack, consents, { callMs: CALL_MS, count: 10 });
        const holds = [];
        for (const statements of transactions) {
          const hold = await stack.hubDatabase.hold(...statements);
          if (holds.push(hold) === 1) await hold.taken;
        }
        await delay(HOLD_MS);
        for (const hold of holds) await hold.release();
        await stack.settles(consents, SETTLE_MS);
        await stack.makeDue(consents);
        const judgement = await judgementOf(stack, consents, {
          title: `the lock that ${name}`,
          withinMs: SETTLE_MS,
        });
        expect(judgement).toMatchObject(UNHARMED);
        expect(judgement.refreshes).toBeGreaterThanOrEqual(2 * consents.length);
      });
    },
  );
});
