/**
 * - `closed`: scheduled refreshes go on
 * - `open`: none but one canary at a time, at growing intervals
 * - `half_open`: a canary came back well; few at first, and one bad outcome opens again
 */
export type GuardStatus = 'closed' | 'open' | 'half_open';

/** Of a replica: how many of its scheduled refreshes are under way, and from when on they count no longer (it is dead). */
export interface UnderWay {
  readonly count: number;
  /** Milliseconds by the clock of Postgres. */
  readonly lapsesAt: number;
}

/** What all replicas know together about the scheduled refreshes of one brand. Moments are milliseconds by Postgres' clock. */
export interface GuardState {
  readonly status: GuardStatus;
  /** Under way and bad together never exceed it. */
  readonly allowance: number;
  /** The last outcomes, newest last: empty for a good one, the consent of a bad one. */
  readonly recent: readonly string[];
  readonly underWay: Readonly<Record<string, UnderWay>>;
  readonly canaryFailures: number;
  /** Null while `open`: the canary is under way. */
  readonly nextCanaryAt: number | null;
  readonly reportedAt: number | null;
}

/** What a replica noticed since its last report. */
export interface GuardReport {
  /** Of its permits, those that are not given back: with it stands right what a broken connection left unsaid. */
  readonly held: number;
  readonly good: number;
  /** Consents whose pair may have been burned. */
  readonly bad: readonly string[];
  /** The bank answered in its right mind, and that says nothing about the pairs of others. */
  readonly told: number;
  /** A caller's own refresh came back well: as good as a canary. */
  readonly goodOnDemand: number;
}

export interface GuardSettings {
  /** This replica; no other has the name. */
  readonly instance: string;
  /** So many bad ones of the last `window` open the guard. */
  readonly failures: number;
  readonly window: number;
  readonly canaryMs: number;
  /** Longer than any refresh can be under way. */
  readonly permitMs: number;
}

export interface GuardStep {
  readonly next: GuardState;
  /** Refreshes that may be begun now. */
  readonly granted: number;
  /** The consents of the bad outcomes that opened the guard with this step. */
  readonly openedBy: readonly string[] | null;
}

export const NOTHING: GuardReport = { held: 0, good: 0, bad: [], told: 0, goodOnDemand: 0 };

/** After so long without a report what was learned about the bank is old: slow start again. */
const FORGETS_AFTER_MS = 3_000;
const LONGEST_CANARY_WAIT_MS = 3_600_000;

/**
 * One report taken in, and permits given for what is asked. A bank that burns every pair it is shown costs at most
 * `failures` pairs, however many replicas there are, since the allowance begins there and only grows by good outcomes, up to
 * twice what is really under way; one bad outcome takes it back. When a bank goes bad in full flow, what is under way at
 * that moment is all that can be lost.
 */
export function step(
  before: GuardState,
  report: GuardReport,
  wanted: number,
  now: number,
  settings: GuardSettings,
): GuardStep {
  const awake = forgetTheDead(before, now, settings);
  const returned = Math.max(0, heldIn(awake, settings.instance) - report.held);
  const held = hold(awake, report.held, now, settings);
  const reported = takeIn(held, { ...report, returned }, countOf(awake), now, settings);
  const isOpened = reported.status === 'open' && before.status !== 'open';
  const openedBy = isOpened ? [...new Set(reported.recent.filter((id) => id !== ''))] : null;
  return { ...grant(reported, wanted, now, settings), openedBy };
}

/** Permits that an instance holds as far as the others know. */
export const heldIn = ({ underWay }: Pick<GuardState, 'underWay'>, instance: string): number =>
  underWay[instance]?.count ?? 0;

export const countOf = ({ underWay }: Pick<GuardState, 'underWay'>): number =>
  Object.values(underWay).reduce((sum, { count }) => sum + count, 0);

const badOf = (recent: readonly string[]): number => recent.filter((id) => id !== '').length;

function forgetTheDead(state: GuardState, now: number, { failures }: GuardSettings): GuardState {
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
  state: GuardState,
  count: number,
  now: number,
  { instance, permitMs }: GuardSettings,
): GuardState {
  const { [instance]: own, ...others } = state.underWay;
  if (count === 0) return own ? { ...state, underWay: others } : state;
  return { ...state, underWay: { ...others, [instance]: { count, lapsesAt: now + permitMs } } };
}

/** A report, and how many permits came back with it. */
type Returned = GuardReport & { readonly returned: number };

function takeIn(
  state: GuardState,
  report: Returned,
  inUse: number,
  now: number,
  settings: GuardSettings,
): GuardState {
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
  state: GuardState,
  { good, bad, goodOnDemand }: GuardReport,
  inUse: number,
  now: number,
  settings: GuardSettings,
): GuardState {
  const goods = Array.from({ length: Math.min(good + goodOnDemand, settings.window) }, () => '');
  const recent = [...state.recent, ...goods, ...bad].slice(-settings.window);
  if (badOf(recent) >= settings.failures) return opened({ ...state, recent }, 0, now, settings);
  const grown = Math.min(state.allowance + good, 2 * inUse + badOf(recent));
  const isQuiet = good + bad.length === 0;
  const allowance = isQuiet ? state.allowance : Math.max(settings.failures, bad.length > 0 ? 0 : grown);
  return { ...state, recent, allowance };
}

function whileHalfOpen(
  state: GuardState,
  { good, bad }: GuardReport,
  now: number,
  settings: GuardSettings,
): GuardState {
  if (bad.length > 0) {
    const recent = [...state.recent, ...bad].slice(-settings.window);
    return opened({ ...state, recent }, state.canaryFailures + 1, now, settings);
  }
  const allowance = state.allowance + good;
  if (allowance < settings.failures) return { ...state, allowance };
  return { ...state, status: 'closed', allowance: settings.failures, recent: [], canaryFailures: 0 };
}

/** What comes back while no canary is out began before the guard opened, and proves nothing. */
function whileOpen(
  state: GuardState,
  { returned, good, bad, told, goodOnDemand }: Returned,
  now: number,
  settings: GuardSettings,
): GuardState {
  const isCanaryOut = state.nextCanaryAt === null;
  if ((isCanaryOut && good > 0) || (goodOnDemand > 0 && bad.length === 0)) {
    return { ...state, status: 'half_open', allowance: 1, recent: [], nextCanaryAt: null };
  }
  if (!isCanaryOut) return state;
  const recent = [...state.recent, ...bad].slice(-settings.window);
  if (bad.length > 0) return opened({ ...state, recent }, state.canaryFailures + 1, now, settings);
  if (told > 0) return { ...state, nextCanaryAt: now };
  return returned > 0 ? opened(state, state.canaryFailures, now, settings) : state;
}

const opened = (
  state: GuardState,
  canaryFailures: number,
  now: number,
  { canaryMs }: GuardSettings,
): GuardState => ({
  ...state,
  status: 'open',
  allowance: 0,
  canaryFailures,
  nextCanaryAt: now + Math.min(LONGEST_CANARY_WAIT_MS, canaryMs * 2 ** Math.min(canaryFailures, 20)),
});

function grant(
  state: GuardState,
  wanted: number,
  now: number,
  settings: GuardSettings,
): Omit<GuardStep, 'openedBy'> {
  const granted = Math.min(wanted, roomOf(state, now));
  if (granted <= 0) return { next: state, granted: 0 };
  const next = hold(state, heldIn(state, settings.instance) + granted, now, settings);
  return { granted, next: { ...next, nextCanaryAt: null } };
}

function roomOf(state: GuardState, now: number): number {
  const inFlight = countOf(state);
  if (state.status !== 'open') return state.allowance - badOf(state.recent) - inFlight;
  return state.nextCanaryAt !== null && state.nextCanaryAt <= now && inFlight === 0 ? 1 : 0;
}

/** No refresh has ended. */
export const isEmpty = ({ good, bad, told, goodOnDemand }: Omit<GuardReport, 'held'>): boolean =>
  good + bad.length + told + goodOnDemand === 0;
