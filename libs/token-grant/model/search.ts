import { environmentSteps } from './environment.actions.js';
import { instanceSteps } from './instance.actions.js';
import { checkState } from './invariants.js';
import { requestSteps } from './request.actions.js';
import type { Weakened } from './rules.js';
import { keyOf } from './state-key.js';
import { copyState, initialState, type Setting, type State } from './state.js';
import type { Step } from './step.js';

/** Everything that can happen next. */
export function* stepsFrom(state: State, setting: Setting, weak: Weakened): Generator<Step> {
  const { without = [] } = setting;
  for (const step of allSteps(state, setting, weak)) if (!without.includes(step.kind)) yield step;
}

function* allSteps(state: State, { lastGeneration }: Setting, weak: Weakened): Generator<Step> {
  for (const [slot, hub] of state.hubs.entries()) {
    const turn = { state, weak, slot, hub };
    yield* requestSteps(turn, lastGeneration);
    yield* instanceSteps(turn);
  }
  yield* environmentSteps(state, weak);
}

export interface Search {
  readonly states: number;
  /** Every state that can be reached was seen. */
  readonly isComplete: boolean;
  readonly violation: string | null;
  /** What led to the violation, shortest first. */
  readonly trace: readonly string[];
}

interface Origin {
  readonly from: number;
  readonly label: string;
}

/** Breadth first: the first violation found is one of the shortest. */
export function explore(setting: Setting, weak: Weakened, limit: number): Search {
  const first = opened(setting, weak);
  const seen = new Set([keyOf(first)]);
  const origins: Origin[] = [{ from: -1, label: '' }];
  const queue: (State | null)[] = [first];
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at];
    if (!state) continue;
    queue[at] = null;
    for (const { label, next } of stepsFrom(state, setting, weak)) {
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      origins.push({ from: at, label });
      queue.push(next);
      const violation = checkState(next);
      if (violation)
        return {
          states: seen.size,
          isComplete: false,
          violation,
          trace: [...(setting.opening ?? []), ...traceOf(origins, origins.length - 1)],
        };
      if (seen.size >= limit) return { states: seen.size, isComplete: false, violation: null, trace: [] };
    }
  }
  return { states: seen.size, isComplete: true, violation: null, trace: [] };
}

/** @throws where the opening cannot happen */
function opened(setting: Setting, weak: Weakened): State {
  let state = initialState(setting);
  for (const beginning of setting.opening ?? []) {
    const step = [...allSteps(state, setting, weak)].find(({ label }) => label.startsWith(beginning));
    if (!step) throw new Error(`cannot happen: ${beginning}`);
    state = step.next;
  }
  return state;
}

function traceOf(origins: readonly Origin[], last: number): string[] {
  const trace: string[] = [];
  for (let at = last; at > 0; at = origins[at]?.from ?? 0) trace.unshift(origins[at]?.label ?? '');
  return trace;
}

/** In this order, when nothing goes wrong any more. No new request is made. */
const HEALING = [
  ...['up', 'start', 'meet', 'enter', 'sweep', 'confirm', 'spool', 'settle', 'refuse', 'doubt', 'give back'],
  ...['send', 'bank', 'open', 'take', 'beat', 'tick'],
];
const HEALED_AFTER = 20;

/**
 * Lets everything run that was interrupted.
 *
 * @returns what is still not as it should be; null when nothing is
 */
function healed(state: State, setting: Setting, weak: Weakened): string | null {
  let now = withoutFaults(state);
  for (let ticks = 0; ticks < HEALED_AFTER;) {
    const steps = [...allSteps(now, setting, weak)].filter(({ kind }) => HEALING.includes(kind));
    steps.sort((a, b) => HEALING.indexOf(a.kind) - HEALING.indexOf(b.kind));
    const [step] = steps;
    if (!step) return 'nothing can happen any more';
    if (step.kind === 'tick') ticks++;
    now = step.next;
    const violation = checkState(now);
    if (violation) return violation;
  }
  const { database } = now.server;
  if (database.requests.length > 0) return 'a request stays open';
  if (!now.hubs.every(({ isOpen }) => isOpen)) return 'a hub never spends again';
  for (const [consent, generation] of database.generations.entries()) {
    if (generation < (now.reached[consent] ?? 0)) return 'a pair that a hub had is not stored';
  }
  return null;
}

/** The server comes back as it was, should it be away. */
function withoutFaults(state: State): State {
  const next = copyState(state);
  for (const fault of Object.keys(next.faults) as (keyof State['faults'])[]) next.faults[fault] = 0;
  next.server.isUp = true;
  return next;
}

export interface Walk {
  readonly violation: string | null;
  readonly trace: readonly string[];
}

/** One history: at each state the choice says which of the possible steps is taken. Ends healed. */
export function walk(setting: Setting, weak: Weakened, choices: readonly number[]): Walk {
  let state = opened(setting, weak);
  const trace: string[] = [];
  for (const choice of choices) {
    const steps = [...stepsFrom(state, setting, weak)];
    const step = steps[choice % steps.length];
    if (!step) return { violation: 'nothing can happen any more', trace };
    trace.push(step.label);
    state = step.next;
    const violation = checkState(state);
    if (violation) return { violation, trace };
  }
  return { violation: healed(state, setting, weak), trace };
}
