import { countOnce, isEmpty, type CircuitBreakerReport } from './circuit-breaker-report.js';

/**
 * - `closed`: scheduled refreshes run
 * - `open`: none but one canary at a time, at growing intervals
 * - `half_open`: a canary came back well; few at first, and one bad outcome opens again
 */
export type CircuitBreakerStatus = 'closed' | 'open' | 'half_open';

/** How many scheduled refreshes of a replica are under way, and from when on they count no longer (it has ended). */
export interface UnderWay {
  readonly count: number;
  /** Milliseconds by the clock of Postgres. */
  readonly lapsesAt: number;
}

/** What all replicas know together about the scheduled refreshes of one brand. Moments are milliseconds by Postgres' clock. */
export interface CircuitBreakerState {
  readonly status: CircuitBreakerStatus;
  /** Under way and bad together never exceed it. */
  readonly allowance: number;
  /**
   * The last outcomes, newest last: empty for a good one, the consent of one that counts against the bank. While `open`, the
   * refused canaries since it opened.
   */
  readonly recent: readonly string[];
  readonly underWay: Readonly<Record<string, UnderWay>>;
  readonly canaryFailures: number;
  /** Null while `open`: the canary is under way. */
  readonly nextCanaryAt: number | null;
  readonly reportedAt: number | null;
  /** When it closed again, or a person resumed it, if it was ever open. */
  readonly resumedAt: number | null;
  /** The outcomes that opened it last, in the form of `recent`. */
  readonly openedWith: readonly string[];
  /** Whether a person has paused the scheduled refreshes: none begins, whatever the status. */
  readonly isPaused: boolean;
  /** Whether it is half-open because a person resumed it while it was open. */
  readonly isResumedByHand: boolean;
}

export interface CircuitBreakerSettings {
  /** This replica; no other has the name. */
  readonly instance: string;
  /** So many that count, of the last `window`, open the circuit breaker. */
  readonly failures: number;
  readonly window: number;
  readonly canaryMs: number;
  /** Longer than any refresh can be under way. */
  readonly permitMs: number;
}

export interface CircuitBreakerStep {
  readonly next: CircuitBreakerState;
  /** Refreshes that may be begun now. */
  readonly granted: number;
  /** Those are to be drawn from all that are due, not taken from the front. */
  readonly isAtRandom: boolean;
  /** The consents of the outcomes that opened the circuit breaker with this step. */
  readonly openedBy: readonly string[] | null;
}

/** After so long without a report what was learned about the bank is old: slow start again. */
const FORGETS_AFTER_MS = 3_000;
const LONGEST_CANARY_WAIT_MS = 3_600_000;
/** So long refreshes are still drawn at random after a pause: what has piled up has been refreshed by then. */
const RANDOM_FOR_MS = 600_000;

/**
 * One report taken in, and permits given for what is asked. A bank that burns every pair it is shown costs at most
 * `failures` pairs, however many replicas there are, since the allowance begins there and only grows by good outcomes, up to
 * twice what is really under way; one bad outcome takes it back. When a bank goes bad in full flow, what is under way at
 * that moment is all that can be lost. A refusal may be caused by a single pair, so one counts for each person or account.
 */
export function step(
  before: CircuitBreakerState,
  report: CircuitBreakerReport,
  wanted: number,
  now: number,
  settings: CircuitBreakerSettings,
): CircuitBreakerStep {
  const awake = forgetTheDead(before, now, settings);
  const counted = countOnce(report, [...countedIn(awake.recent), ...report.bad]);
  const returned = Math.max(0, heldIn(awake, settings.instance) - counted.held);
  const held = hold(awake, counted.held, now, settings);
  const reported = takeIn(held, { ...counted, returned }, countOf(awake), now, settings);
  const isOpened = reported.status === 'open' && before.status !== 'open';
  if (!isOpened)
    return {
      ...grant(reported, wanted, now, settings),
      isAtRandom: drawsAtRandom(reported, now),
      openedBy: null,
    };
  const openedWith = withOutcomes(awake, counted, settings);
  const opened = { ...reported, openedWith };
  return {
    ...grant(opened, wanted, now, settings),
    isAtRandom: true,
    openedBy: [...new Set(countedIn(openedWith))],
  };
}

/** What stands at the front of the queue may be what the bank refuses: it must not stand before all others. */
const drawsAtRandom = ({ status, recent, resumedAt }: CircuitBreakerState, now: number): boolean =>
  status !== 'closed' || badOf(recent) > 0 || (resumedAt !== null && now - resumedAt < RANDOM_FOR_MS);

/** Permits that an instance holds as far as the others know. */
export const heldIn = ({ underWay }: Pick<CircuitBreakerState, 'underWay'>, instance: string): number =>
  underWay[instance]?.count ?? 0;

export const countOf = ({ underWay }: Pick<CircuitBreakerState, 'underWay'>): number =>
  Object.values(underWay).reduce((sum, { count }) => sum + count, 0);

const countedIn = (recent: readonly string[]): string[] => recent.filter((id) => id !== '');

const badOf = (recent: readonly string[]): number => countedIn(recent).length;

/** The last outcomes, with those of a report. */
function withOutcomes(
  { recent }: CircuitBreakerState,
  { good, bad, refused, goodOnDemand }: CircuitBreakerReport,
  { window }: CircuitBreakerSettings,
): string[] {
  const goods = Array.from({ length: Math.min(good + goodOnDemand, window) }, () => '');
  return [...recent, ...goods, ...bad, ...refused].slice(-window);
}

function forgetTheDead(
  state: CircuitBreakerState,
  now: number,
  { failures }: CircuitBreakerSettings,
): CircuitBreakerState {
  const underWay = Object.fromEntries(
    Object.entries(state.underWay).filter(([, { count, lapsesAt }]) => count > 0 && lapsesAt > now),
  );
  const isIdle = Object.keys(underWay).length === 0;
  const isStale = isIdle && (state.reportedAt === null || now - state.reportedAt > FORGETS_AFTER_MS);
  const isCanaryLost = isIdle && state.status === 'open' && state.nextCanaryAt === null;
  return {
    ...state,
    underWay,
    allowance: state.status === 'closed' && isStale ? failures : state.allowance,
    nextCanaryAt: isCanaryLost ? now : state.nextCanaryAt,
  };
}

/** An instance that speaks is alive, and knows best what it has under way. */
function hold(
  state: CircuitBreakerState,
  count: number,
  now: number,
  { instance, permitMs }: CircuitBreakerSettings,
): CircuitBreakerState {
  const { [instance]: own, ...others } = state.underWay;
  if (count === 0) return own ? { ...state, underWay: others } : state;
  return { ...state, underWay: { ...others, [instance]: { count, lapsesAt: now + permitMs } } };
}

/** A report, and how many permits came back with it. */
type Returned = CircuitBreakerReport & { readonly returned: number };

function takeIn(
  state: CircuitBreakerState,
  report: Returned,
  inUse: number,
  now: number,
  settings: CircuitBreakerSettings,
): CircuitBreakerState {
  const isNews = report.returned > 0 || !isEmpty(report);
  const seen = isNews ? { ...state, reportedAt: now } : state;
  switch (state.status) {
    case 'closed':
      return whileClosed(seen, report, inUse, now, settings);
    case 'half_open':
      return whileHalfOpen(seen, report, now, settings);
    case 'open':
      return whileOpen(seen, report, now, settings);
  }
}

function whileClosed(
  state: CircuitBreakerState,
  report: CircuitBreakerReport,
  inUse: number,
  now: number,
  settings: CircuitBreakerSettings,
): CircuitBreakerState {
  const { good } = report;
  const recent = withOutcomes(state, report, settings);
  if (badOf(recent) >= settings.failures) return opened(state, 0, now, settings);
  const lost = report.bad.length + report.refused.length;
  const grown = Math.min(state.allowance + good, 2 * inUse + badOf(recent));
  const isQuiet = good + lost === 0;
  const allowance = isQuiet ? state.allowance : Math.max(settings.failures, lost > 0 ? 0 : grown);
  return { ...state, recent, allowance };
}

/** One refresh without an answer opens again; of refused ones, as many as while `closed`. */
function whileHalfOpen(
  state: CircuitBreakerState,
  report: CircuitBreakerReport,
  now: number,
  settings: CircuitBreakerSettings,
): CircuitBreakerState {
  const { failures } = settings;
  const recent = withOutcomes(state, report, settings);
  if (report.bad.length > 0 || badOf(recent) >= failures)
    return opened(state, state.canaryFailures + 1, now, settings);
  const allowance = state.allowance + report.good;
  if (allowance < failures) return { ...state, recent, allowance };
  return { ...state, status: 'closed', allowance: failures, recent, canaryFailures: 0, resumedAt: now };
}

/**
 * What comes back while no canary is out began before the circuit breaker opened, and proves nothing. A canary that is refused may have
 * been a pair that was invalid before: the next canary follows after the same wait, until `failures` persons or accounts in a row
 * were refused. Then it is the bank that refuses, and each canary doubles the wait.
 */
function whileOpen(
  state: CircuitBreakerState,
  { returned, good, bad, refused, neutral, goodOnDemand }: Returned,
  now: number,
  settings: CircuitBreakerSettings,
): CircuitBreakerState {
  const isCanaryOut = state.nextCanaryAt === null;
  const { canaryFailures } = state;
  if ((isCanaryOut && good > 0) || (goodOnDemand > 0 && bad.length === 0)) {
    return { ...state, status: 'half_open', allowance: 1, recent: [], nextCanaryAt: null };
  }
  if (!isCanaryOut) return state;
  if (bad.length > 0) return waiting(state, canaryFailures + 1, now, settings);
  if (refused.length > 0) {
    const recent = [...state.recent, ...refused].slice(-settings.failures);
    const isTheBank = recent.length === settings.failures;
    return waiting({ ...state, recent }, canaryFailures + (isTheBank ? 1 : 0), now, settings);
  }
  if (neutral > 0) return { ...state, nextCanaryAt: now };
  return returned > 0 ? waiting(state, canaryFailures, now, settings) : state;
}

const opened = (
  state: CircuitBreakerState,
  canaryFailures: number,
  now: number,
  settings: CircuitBreakerSettings,
): CircuitBreakerState =>
  waiting({ ...state, status: 'open', allowance: 0, recent: [] }, canaryFailures, now, settings);

/** For the next canary. */
const waiting = (
  state: CircuitBreakerState,
  canaryFailures: number,
  now: number,
  { canaryMs }: CircuitBreakerSettings,
): CircuitBreakerState => ({
  ...state,
  canaryFailures,
  nextCanaryAt: now + Math.min(LONGEST_CANARY_WAIT_MS, canaryMs * 2 ** Math.min(canaryFailures, 20)),
});

function grant(
  state: CircuitBreakerState,
  wanted: number,
  now: number,
  settings: CircuitBreakerSettings,
): Pick<CircuitBreakerStep, 'next' | 'granted'> {
  const granted = Math.min(wanted, roomOf(state, now, settings));
  if (granted <= 0) return { next: state, granted: 0 };
  const next = hold(state, heldIn(state, settings.instance) + granted, now, settings);
  return { granted, next: { ...next, nextCanaryAt: null } };
}

function roomOf(state: CircuitBreakerState, now: number, { failures }: CircuitBreakerSettings): number {
  const { status, allowance, recent, nextCanaryAt } = state;
  if (state.isPaused) return 0;
  const inFlight = countOf(state);
  switch (status) {
    case 'closed':
      return allowance - badOf(recent) - inFlight;
    case 'half_open':
      return Math.min(allowance, failures - badOf(recent)) - inFlight;
    case 'open':
      return nextCanaryAt !== null && nextCanaryAt <= now && inFlight === 0 ? 1 : 0;
  }
}
