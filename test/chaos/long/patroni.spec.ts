import { setTimeout as delay } from 'node:timers/promises';
import { WITHIN_MS } from '../../support/chaos/figures.js';
import { PatroniCluster } from '../../support/chaos/patroni.js';
import {
  allRefresh,
  LONGEST_PAUSE_MS,
  UNHARMED,
  judgementOf,
  withStack,
} from '../../support/chaos/scenario.js';
import type { ChaosStack } from '../../support/chaos/stack.js';
import { until } from '../../stack/local-stack.js';

jest.setTimeout(WITHIN_MS);

/** In both modes together. */
const FAILOVERS = Number(process.env['CHAOS_FAILOVERS'] ?? 40);
const MEMBERS = 3;
const CONSENTS = 200;
const SETTLE_MS = LONGEST_PAUSE_MS + 120_000;
const FIRST_REFRESH_MS = 120_000;
/** Longer than the old leader keeps its place without etcd. */
const CUT_OFF_MS = 30_000;

/** What happens to a leader; resolves to what brings it back. */
type Fault = (cluster: PatroniCluster, leader: string) => Promise<() => Promise<unknown>>;

const killed: Fault = async (cluster, leader) => {
  await cluster.kill(leader);
  return () => cluster.restart(leader);
};

const frozen: Fault = async (cluster, leader) => {
  await cluster.freeze(leader);
  // As its watchdog does: one that were to run on might take the lock of the next leader for its own.
  return async () => {
    await cluster.kill(leader);
    await cluster.restart(leader);
  };
};

const cutOff: Fault = (cluster, leader) => {
  cluster.cutOff(leader);
  const isOver = delay(CUT_OFF_MS);
  return Promise.resolve(() => isOver.then(() => cluster.joinAgain(leader)));
};

const switchedOver: Fault = async (cluster, leader) => {
  await cluster.switchOver(leader);
  return () => Promise.resolve();
};

const FAULTS: readonly Fault[] = [killed, frozen, cutOff, switchedOver];

describe('replicas on a Patroni cluster whose leader is killed, frozen, cut off and switched over', () => {
  it.each(['asynchronous', 'synchronous'] as const)(
    'spend no pair twice and lose none whose answer reached them, with %s replication',
    async (mode) => {
      const cluster = await PatroniCluster.start(MEMBERS, mode);
      try {
        await withStack({ replicas: 2, databaseUrl: cluster.url }, async (stack) => {
          const consents = await stack.given(CONSENTS);
          const sweep = stack.keepDue(consents);
          const firstAfterMs: number[] = [];
          const failovers = Math.ceil(FAILOVERS / 2);
          for (let n = 0; n < failovers; n++)
            firstAfterMs.push(await failOver(cluster, stack, FAULTS[n % FAULTS.length] ?? killed));
          await cluster.isWhole();
          await sweep.end();
          const title = `Patroni, ${mode} replication, first refresh after a failover`;
          const counted = { failovers, ...spreadOf(firstAfterMs) };
          const judgement = await judgementOf(stack, consents, { title, ...counted, withinMs: SETTLE_MS });
          expect(judgement).toMatchObject(UNHARMED);
          expect(judgement.refreshes).toBeGreaterThan(failovers);
          await allRefresh(stack, consents);
        });
      } finally {
        await cluster.close();
      }
    },
  );
});

/** @returns milliseconds from the fault to the first refresh at the next leader */
async function failOver(cluster: PatroniCluster, stack: ChaosStack, fault: Fault): Promise<number> {
  await cluster.isWhole();
  await refreshesAfter(stack, performance.now());
  const leader = await cluster.leader();
  if (leader === null) throw new Error('The cluster has no leader');
  const since = performance.now();
  const bringBack = await fault(cluster, leader);
  await cluster.isReplaced(leader);
  const first = await refreshesAfter(stack, performance.now());
  await bringBack();
  return Math.round(first - since);
}

/** When the first refresh was sent after that moment that the bank has granted. */
async function refreshesAfter(stack: ChaosStack, moment: number): Promise<number> {
  let sentAt = Infinity;
  const isGranted = () => {
    const calls = stack.hubs.flatMap((hub) => hub.calls.slice(-CONSENTS));
    const granted = calls.filter((call) => call.sentAt > moment && call.answer?.granted);
    sentAt = Math.min(...granted.map((call) => call.sentAt));
    return granted.length > 0;
  };
  await until('a refresh is granted', isGranted, FIRST_REFRESH_MS);
  return sentAt;
}

function spreadOf(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { minMs: at(0), medianMs: at(0.5), maxMs: at(1) };
}
