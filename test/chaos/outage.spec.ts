import { setTimeout as delay } from 'node:timers/promises';
import { figure } from '../support/chaos/figures.js';
import type { ChaosHub } from '../support/chaos/hub.js';
import { HAS_FAKETIME } from '../support/chaos/postgres.js';
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
/** Their answers come while the database cannot be reached. */
const CALL_MS = 3_000;
/** They are under way while its clock is set, and end long before their deadline: a doubt would wait for the new time. */
const SLOW_MS = 5_000;
const hubEnv = { BANK_TOKEN_TIMEOUT_MS: '30000' };
const AWAY_MS = LEASE_MS + 10_000;
const SETTLE_MS = figure(90_000, 150_000);

const JUMP_SECONDS = 300;
/** The long form has libfaketime installed; where it is missing, the short form has no such case. */
const JUMPS = HAS_FAKETIME || figure(false, true) ? [JUMP_SECONDS, -JUMP_SECONDS] : [];

type Way = ChaosHub['databaseProxy'];

const refuse = (way: Way) => {
  way.refuse();
  way.reset();
};
const swallow = (way: Way) => {
  way.swallow();
};

interface Outage {
  readonly name: string;
  readonly away: 'one' | 'all';
  readonly cut: (way: Way) => void;
}

const FORMS: readonly Outage[] = [
  { name: 'one of them is refused', away: 'one', cut: refuse },
  { name: 'one of them gets no answer', away: 'one', cut: swallow },
  { name: 'all of them are refused', away: 'all', cut: refuse },
  { name: 'none of them gets an answer', away: 'all', cut: swallow },
];

describe('replicas whose database is out of reach for longer than a lease', () => {
  scenario.each(figure(FORMS.slice(1, 3), FORMS))(
    'spend no pair twice and lose none when $name',
    async ({ name, away, cut }) => {
      await withStack({ replicas: REPLICAS, proxied: true }, async (stack) => {
        const consents = await stack.given(figure(40, 200));
        await callsUnderWay(stack, consents, { callMs: CALL_MS, count: 10 });
        const hubs = away === 'one' ? stack.hubs.slice(0, 1) : stack.hubs;
        for (const { databaseProxy } of hubs) cut(databaseProxy);
        await delay(AWAY_MS);
        for (const { databaseProxy } of hubs) databaseProxy.pass();
        const title = `the database is out of reach: ${name}`;
        expect(await judgementOf(stack, consents, { title, withinMs: SETTLE_MS })).toMatchObject(UNHARMED);
        await allRefresh(stack, consents);
      });
    },
  );
});

describe('replicas whose database server has its clock set while a slow bank has their calls', () => {
  for (const seconds of JUMPS)
    scenario(`spend no pair twice and lose none when it is set by ${seconds} s`, async () => {
      await withStack({ replicas: REPLICAS, ownPostgres: true, ownClock: true, hubEnv }, async (stack) => {
        const rounds = figure(1, 4);
        const consents = await stack.given(figure(40, 200));
        for (let round = 0; round < rounds; round++) {
          await callsUnderWay(stack, consents, { callMs: SLOW_MS, count: 10 });
          stack.postgres.setClock(seconds);
          // Everything is due by the new time, and every caller is served.
          await Promise.race([allAsked(), delay(2 * SLOW_MS)]);
          await stack.makeDue(consents);
          await stack.settles(consents, SETTLE_MS);
          stack.postgres.setClock(0);
        }
        const title = `the clock of the database is set by ${seconds} s`;
        const judgement = await judgementOf(stack, consents, { title, rounds, withinMs: SETTLE_MS });
        expect(judgement).toMatchObject(UNHARMED);
        await allRefresh(stack, consents);

        function allAsked() {
          return Promise.all(
            consents.map(({ id }, n) => stack.hub(n % REPLICAS).call('POST', `/v1/consents/${id}/refresh`)),
          );
        }
      });
    });
});
