import type { Weakened } from './rules.js';
import { normalise } from './state-key.js';
import { copyState, type Call, type Database, type Hub, type Instance, type State } from './state.js';

/** One thing that can happen next. */
export interface Step {
  /** What kind of thing it is: see the names of the actions. */
  readonly kind: string;
  /** The line of a trace. */
  readonly label: string;
  readonly next: State;
}

/** What the actions of one hub see: the state as it is, the rules, and which hub it is. */
export interface Turn {
  readonly state: State;
  readonly weak: Weakened;
  readonly slot: number;
  readonly hub: Hub;
}

export const nameOf = (slot: number): string => `hub ${'ABC'[slot]}`;

/** A step that changes a copy of the state. */
export function stepOf(
  state: State,
  [kind, label]: readonly [kind: string, label: string],
  change: (next: State) => void,
): Step {
  const next = copyState(state);
  change(next);
  normalise(next);
  return { kind, label, next };
}

/** A step of one hub. */
export function hubStep(
  { state, slot }: Turn,
  [kind, what]: readonly [kind: string, what: string],
  change: (next: State, hub: Hub) => void,
): Step {
  return stepOf(state, [kind, `${nameOf(slot)} ${what}`], (next) => {
    const hub = next.hubs[slot];
    if (hub) change(next, hub);
  });
}

/** The spool of a hub's machine holds what the database does not. */
export function hasUnsettled({ spools, server: { database } }: State, machine: number): boolean {
  return (spools[machine] ?? []).some(
    ({ id, consent, generation }) =>
      generation > generationOf(database, consent) || database.requests.some((request) => request.id === id),
  );
}

/** The effect of an answer in the database. */
export function settleAnswer(
  state: State,
  { id, consent, generation }: Pick<Call, 'id' | 'consent' | 'generation'>,
  weak: Weakened,
): void {
  const { database } = state.server;
  const before = generationOf(database, consent);
  if (generation > before) {
    if (weak.has('only_successors_stored') && generation !== before + 1) return;
    database.generations[consent] = generation;
    database.isLost[consent] = false;
  }
  database.requests = database.requests.filter((request) => request.id !== id);
  noteReached(state, consent, generation);
}

export function noteReached({ reached }: State, consent: number, generation: number): void {
  reached[consent] = Math.max(reached[consent] ?? 0, generation);
}

export const generationOf = ({ generations }: Pick<Database, 'generations'>, consent: number): number =>
  generations[consent] ?? 0;

export const rowOf = ({ instances }: Database, owner: number): Instance | undefined =>
  instances.find((row) => row.owner === owner);

export const isOnRun = ({ server: { isUp, run } }: State, hub: Hub): boolean => isUp && hub.run === run;

/** The kernel of a hub's machine says so: the process is one of that machine, and does not run. */
export function isDeadHere({ hubs }: State, hub: Hub, owner: number): boolean {
  const other = hubs[(owner - 1) % hubs.length];
  return other?.machine === hub.machine && other.owner !== owner;
}

export const isAliveHere = ({ hubs }: State, hub: Hub, owner: number): boolean =>
  hubs.some((other) => other.machine === hub.machine && other.owner === owner);
