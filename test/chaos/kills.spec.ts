import { BRANDS } from '@consent-hub/psd2-protocol';
import { figure, report, WITHIN_MS } from '../support/chaos/figures.js';
import { KillStorm } from '../support/chaos/kills.js';
import { Chance } from '../support/chaos/random.js';
import { REPLAY_KILLS_PAIR, TOLERANT_BREAKER } from '../support/chaos/scenario.js';
import { ChaosStack } from '../support/chaos/stack.js';

jest.setTimeout(WITHIN_MS);

const REPLICAS = figure(2, 3);

describe('replicas that are killed while they refresh', () => {
  let stack: ChaosStack;
  beforeAll(async () => {
    stack = await ChaosStack.start({
      replicas: REPLICAS,
      bankEnv: REPLAY_KILLS_PAIR,
      hubEnv: { ...TOLERANT_BREAKER, REFRESH_CONCURRENCY: '4', BANK_TOKEN_TIMEOUT_MS: '20000' },
    });
  });
  afterAll(() => stack.close());

  it('spend no pair twice, lose none that had reached them, and resolve every doubt', async () => {
    const chance = new Chance();
    const consents = await stack.given(figure(120, 2_000));
    for (const hub of stack.hubs)
      for (const brand of BRANDS) hub.relays[brand].holdMs = () => chance.between(0, 40);
    const storm = new KillStorm(stack.hubs, chance, figure(6, 200));
    const sweep = stack.keepDue(consents);
    await storm.run();
    await sweep.end();
    await stack.settles(consents, figure(50_000, 120_000));
    const judgement = await stack.judgement(consents);
    report('kill -9 over a running sweep', { seed: chance.seed, kills: storm.kills, ...judgement });
    expect(judgement).toMatchObject({ inDoubt: 0, violations: [] });
    expect(judgement.refreshes).toBeGreaterThan(0);
    expect(judgement.replays).toBeLessThanOrEqual(judgement.probes);
  });
});
