import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../stack/local-stack.js';
import { figure, report } from './figures.js';
import type { SeededConsent } from './seed.js';
import { ChaosStack, type ChaosOptions } from './stack.js';
import type { Judgement } from './judgement.js';

/** A bank at which a pair that is spent twice is lost permanently. */
export const REPLAY_KILLS_PAIR = { SANDBOX_ASSUMPTIONS: 'refresh_replay=kills_pair' };
/** Failures are what these cases are about: the breaker is not to end the run because of them. */
export const TOLERANT_BREAKER = { REFRESH_GUARD_FAILURES: '1000', REFRESH_GUARD_WINDOW: '1000' };

/** Long enough for a bank on a busy machine; a lease lasts as long, and the margin that every lease has. */
export const TOKEN_TIMEOUT_MS = 8_000;
export const LEASE_MS = TOKEN_TIMEOUT_MS + 30_000;
/** For how long hubs spend no pair when one of them is silent after a change of the server. */
export const LONGEST_PAUSE_MS = 30_000;

/** Several sweeps of the hubs over their spools. */
const REPLAY_MS = 20_000;

/** Refreshes that each hub is asked for at the end. */
const ON_DEMAND = 5;
/** By then connections that were left silent are given up. */
const ON_DEMAND_MS = 60_000;

/** For a case that waits until leases have ended, or hubs spend again. */
export const SCENARIO_WITHIN_MS = figure(300_000, 45 * 60_000);

/** These cases mostly wait: those of a file of the short form do so together. */
export const scenario: jest.It = figure<jest.It>(it.concurrent, it);

/** What is true when every answer has reached a hub that still runs. */
export const UNHARMED = { lost: 0, replays: 0, inDoubt: 0, violations: [] };

/** Runs a case on a stack of its own. */
export async function withStack(
  options: ChaosOptions,
  run: (stack: ChaosStack) => Promise<void>,
): Promise<void> {
  const stack = await ChaosStack.start({
    ...options,
    bankEnv: { ...REPLAY_KILLS_PAIR, ...options.bankEnv },
    hubEnv: {
      ...TOLERANT_BREAKER,
      REFRESH_CONCURRENCY: '8',
      BANK_TOKEN_TIMEOUT_MS: String(TOKEN_TIMEOUT_MS),
      ...options.hubEnv,
    },
  });
  try {
    await run(stack);
  } finally {
    await stack.close();
  }
}

/** How many token calls these hubs have sent. */
export const callsOf = (hubs: readonly { readonly calls: readonly unknown[] }[]): number =>
  hubs.reduce((sum, { calls }) => sum + calls.length, 0);

/** How many refreshes the bank has granted. */
export const grantsOf = async (stack: ChaosStack): Promise<number> =>
  (await stack.bank.ledger()).refresh_grants;

/** Resolves when the bank has granted so many refreshes more. */
export async function refreshes(stack: ChaosStack, more: number, withinMs: number): Promise<void> {
  const wanted = (await grantsOf(stack)) + more;
  await until(`the bank grants ${more} refreshes`, async () => (await grantsOf(stack)) >= wanted, withinMs);
}

/** Makes them due at a bank that takes so long for each call; resolves when so many calls are under way. */
export async function callsUnderWay(
  stack: ChaosStack,
  consents: readonly SeededConsent[],
  { callMs, count }: { readonly callMs: number; readonly count: number },
): Promise<void> {
  const before = callsOf(stack.hubs);
  await stack.bank.fault({ name: 'slow', delay_ms: callMs, times: count });
  await stack.makeDue(consents);
  await until(`${count} calls are under way`, () => callsOf(stack.hubs) >= before + count, TOKEN_TIMEOUT_MS);
}

/** Reports what a case has come to, once nothing is due and no request is open. */
export async function judgementOf(
  stack: ChaosStack,
  consents: readonly SeededConsent[],
  {
    title,
    withinMs,
    ...counted
  }: { readonly title: string; readonly withinMs: number; readonly [name: string]: unknown },
): Promise<Judgement> {
  await stack.settles(consents, withinMs);
  // What lies in a spool is restored within seconds.
  const isWhole = async () => (await stack.judgement(consents)).lost === 0;
  await until('every pair is back', isWhole, REPLAY_MS).catch(() => undefined);
  const judgement = await stack.judgement(consents);
  report(title, { ...counted, ...judgement });
  return judgement;
}

/** Every hub refreshes some on demand: the ones that were away have come back to work. */
export async function allRefresh(stack: ChaosStack, consents: readonly SeededConsent[]): Promise<void> {
  const before = await grantsOf(stack);
  const { length } = stack.hubs;
  const chosen = consents.slice(0, ON_DEMAND * length);
  const refresh = async ({ id }: SeededConsent, n: number) => {
    const isServed = async () =>
      (await stack.hub(n % length).call('POST', `/v1/consents/${id}/refresh`)).status === 200;
    await until(`hub ${n % length} refreshes on demand`, isServed, ON_DEMAND_MS);
  };
  await Promise.all(chosen.map(refresh));
  expect(await grantsOf(stack)).toBeGreaterThanOrEqual(before + chosen.length);
}

/** Calls it while the other runs, at least once; returns how often. */
export async function during(work: Promise<unknown>, once: () => Promise<void>): Promise<number> {
  const over = work.then(() => true);
  let times = 0;
  do {
    await once();
    times++;
  } while (!(await Promise.race([over, delay(1_000, false)])));
  return times;
}
