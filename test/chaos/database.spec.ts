import { setTimeout as delay } from 'node:timers/promises';
import { figure, report, WITHIN_MS } from '../support/chaos/figures.js';
import { Chance } from '../support/chaos/random.js';
import { REPLAY_KILLS_PAIR, TOLERANT_BREAKER } from '../support/chaos/scenario.js';
import { ChaosStack } from '../support/chaos/stack.js';
import { until } from '../stack/local-stack.js';

jest.setTimeout(WITHIN_MS);

/** Longer than a copy takes. */
const DUE_IN_SECONDS = 5;
/** Several sweeps of the hubs over their spools. */
const REPLAY_MS = 20_000;
const SETTLE_MS = figure(60_000, 180_000);

describe('replicas whose database goes away while they refresh', () => {
  let stack: ChaosStack;
  beforeAll(async () => {
    stack = await ChaosStack.start({
      replicas: 2,
      bankEnv: REPLAY_KILLS_PAIR,
      ownPostgres: true,
      hubEnv: { ...TOLERANT_BREAKER, BANK_TOKEN_TIMEOUT_MS: '20000' },
    });
  });
  afterAll(() => stack.close());

  it('lose no pair and spend none twice when it crashes again and again', async () => {
    const chance = new Chance();
    const crashes = figure(2, 20);
    const consents = await stack.given(figure(150, 600));
    const sweep = stack.keepDue(consents);
    for (let crash = 0; crash < crashes; crash++) {
      // After each crash the hubs hold back for a while: one that hits no refresh shows nothing.
      const before = await refreshed();
      await until('refreshes continue', async () => (await refreshed()) > before, SETTLE_MS);
      await delay(chance.between(0, 1_500));
      await stack.postgres.crash(chance.between(0, 1_500));
    }
    await sweep.end();
    await stack.settles(consents, SETTLE_MS);
    const judgement = await stack.judgement(consents);
    report('Postgres stopped at once and started again', { seed: chance.seed, crashes, ...judgement });
    expect(judgement).toMatchObject({ lost: 0, replays: 0, inDoubt: 0, violations: [] });
    expect(judgement.refreshes).toBeGreaterThanOrEqual(consents.length);
    expect(stack.hubs.map((hub) => hub.isRunning)).toEqual([true, true]);
  });

  it('bring every pair back from the spool and spend none twice when a failover has forgotten the last commits', async () => {
    const chance = new Chance();
    const rounds = figure(1, 5);
    const consents = await stack.given(figure(100, 600));
    let forgotten = 0;
    for (let round = 0; round < rounds; round++) {
      // Due times are old news to a standby, refreshes are not: it believes to be due what was refreshed since.
      await stack.makeDue(consents, DUE_IN_SECONDS);
      await stack.postgres.copy();
      const before = await refreshed();
      await until(
        'most are refreshed',
        async () => (await refreshed()) > before + consents.length / 2,
        SETTLE_MS,
      );
      await delay(chance.between(0, 1_000));
      const stored = await generations();
      await stack.postgres.failOver();
      forgotten += stored - (await generations());
      await stack.settles(consents, SETTLE_MS);
      const isHealed = async () => (await stack.judgement(consents)).lost === 0;
      await until('the spool is replayed', isHealed, REPLAY_MS).catch(() => undefined);
    }
    const judgement = await stack.judgement(consents);
    report('failover that forgets the last commits', { seed: chance.seed, rounds, forgotten, ...judgement });
    expect(forgotten).toBeGreaterThan(0);
    expect(judgement).toMatchObject({ lost: 0, replays: 0, inDoubt: 0, violations: [] });
  });

  /** How many refreshes the hubs know of. */
  async function generations(): Promise<number> {
    const [row] = await stack.hubDatabase.query<{ sum: number }>(
      `SELECT sum(generation)::int AS sum FROM hub.token_pair`,
    );
    return row?.sum ?? 0;
  }

  const refreshed = async () => (await stack.bank.ledger()).refresh_grants;
});
