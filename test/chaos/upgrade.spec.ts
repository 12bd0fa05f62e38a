import { setTimeout as delay } from 'node:timers/promises';
import { createEmptyDatabase, migrateDatabase, type TestDatabase } from '@consent-hub/testing';
import { HUB_SCHEMA } from '../../migrations/consent-hub/index.js';
import { figure, report } from '../support/chaos/figures.js';
import type { ChaosHub } from '../support/chaos/hub.js';
import { judgementOf, SCENARIO_WITHIN_MS, UNHARMED, withStack } from '../support/chaos/scenario.js';
import type { SeededConsent } from '../support/chaos/seed.js';
import type { ChaosStack } from '../support/chaos/stack.js';
import { isPreviousCommitHere, PREVIOUS_COMMIT, PreviousBuild } from '../support/previous-build.js';

jest.setTimeout(SCENARIO_WITHIN_MS);

const CONSENTS = figure(60, 2_000);
const SETTLE_MS = figure(30_000, 120_000);
const READERS_A_HUB = 2;
/** For so long no request is sent to a hub before it ends, as behind a load balancer. */
const DRAINED_MS = 500;
const READ_AT_LEAST = 20;

/** Reads tokens at every hub that takes part, without a pause. */
class Reads {
  readonly failed: unknown[] = [];
  readonly counts = new Map<ChaosHub, number>();
  private readonly resting = new Set<ChaosHub>();
  private isOver = false;
  private readonly loops: Promise<void>[] = [];

  constructor(hubs: readonly ChaosHub[], consents: readonly SeededConsent[]) {
    for (const hub of hubs)
      for (let reader = 0; reader < READERS_A_HUB; reader++) this.loops.push(this.read(hub, consents));
  }

  /** Runs work on a hub that gets no reads until the work has ended. */
  async without(hub: ChaosHub, work: () => Promise<void>): Promise<void> {
    this.resting.add(hub);
    await delay(DRAINED_MS);
    await work();
    this.resting.delete(hub);
  }

  /** Resolves once each hub has answered some more. */
  async more(hubs: readonly ChaosHub[]): Promise<void> {
    const wanted = hubs.map((hub) => [hub, (this.counts.get(hub) ?? 0) + READ_AT_LEAST] as const);
    while (wanted.some(([hub, count]) => (this.counts.get(hub) ?? 0) < count)) await delay(20);
  }

  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.loops);
  }

  private async read(hub: ChaosHub, consents: readonly SeededConsent[]): Promise<void> {
    for (let n = 0; !this.isOver; n++) {
      if (this.resting.has(hub)) {
        await delay(20);
        continue;
      }
      const { id = '' } = consents[n % consents.length] ?? {};
      const answer = await hub
        .call('GET', `/v1/consents/${id}/access-token`)
        .catch((error: unknown) => error);
      const isServed =
        typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 200;
      if (!isServed) this.failed.push(answer);
      this.counts.set(hub, (this.counts.get(hub) ?? 0) + 1);
    }
  }
}

const reason = isPreviousCommitHere() ? '' : ` (left out: commit ${PREVIOUS_COMMIT} is not in this clone)`;
const describeUpgrade = reason === '' ? describe : describe.skip;

describeUpgrade(`an upgrade from the version before, under load${reason}`, () => {
  let previous: PreviousBuild;
  let database: TestDatabase;
  beforeAll(async () => {
    previous = await PreviousBuild.make();
    database = await createEmptyDatabase();
    const known = HUB_SCHEMA.migrations.filter(({ name }) =>
      previous.migrations.has(/\d+$/.exec(name)?.[0] ?? ''),
    );
    await migrateDatabase(database.url, { ...HUB_SCHEMA, migrations: known });
  });
  afterAll(async () => {
    await database.drop();
    await previous.remove();
  });

  it('fails no read and spends no pair twice: migrated, half upgraded, and with a hub of before that is restarted', async () => {
    const options = { replicas: 2, databaseUrl: database.url, hubsBuiltIn: previous.directory };
    await withStack(options, async (stack) => {
      const consents = await stack.given(CONSENTS);
      const sweep = stack.keepDue(consents);
      const [first, second] = [stack.hub(0), stack.hub(1)];
      const reads = new Reads([first, second], consents);
      await reads.more([first, second]);

      await migrateDatabase(database.url, HUB_SCHEMA);
      await reads.more([first, second]);

      await reads.without(second, async () => {
        await second.stop();
        second.upgrade();
        await second.start();
      });
      await reads.more([first, second]);

      await reads.without(first, async () => {
        await first.stop();
        await first.start();
      });
      await reads.more([first, second]);
      const ownersAfter = await ownersSince(stack);

      await sweep.end();
      await reads.end();
      const read = [...reads.counts.values()].reduce((sum, count) => sum + count, 0);
      const title = 'an upgrade from the version before';
      const judgement = await judgementOf(stack, consents, { title, read, withinMs: SETTLE_MS });
      expect(reads.failed).toEqual([]);
      expect(judgement).toMatchObject(UNHARMED);
      expect(ownersAfter).toBe(2);
      const { body } = await second.call<{ broken: unknown[] }>('GET', '/v1/timeline/verification');
      expect(body.broken).toEqual([]);
      report('timelines over the upgrade', { broken: body.broken.length });
    });
  });

  /** How many hubs refresh from now on. */
  async function ownersSince(stack: ChaosStack): Promise<number> {
    const [{ now } = { now: '' }] = await stack.hubDatabase.query<{ now: string }>(
      'SELECT now()::text AS now',
    );
    for (;;) {
      const rows = await stack.hubDatabase.query(
        `SELECT DISTINCT owner FROM hub.token_request WHERE status = 'committed' AND sent_at > $1`,
        [now],
      );
      if (rows.length >= 2) return rows.length;
      await delay(100);
    }
  }
});
