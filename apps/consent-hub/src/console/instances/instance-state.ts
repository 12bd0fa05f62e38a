import type { InstanceRun } from '@consent-hub/consent';
import type { Meaning } from '../frame/parts.js';

export type InstanceState = 'at work' | 'silent' | 'ended';

export const stateOf = ({ endedAt, isSilent }: InstanceRun): InstanceState =>
  endedAt !== null ? 'ended' : isSilent ? 'silent' : 'at work';

export const MEANING_OF_STATE: Readonly<Record<InstanceState, Meaning>> = {
  'at work': 'good',
  silent: 'bad',
  ended: 'ended',
};

/** What a process that finds its name in use adds to it. */
const ADDED = /~[0-9a-f]{6}$/;

/** `HUB_INSTANCE` as it was set. */
const givenNameOf = ({ name, isDuplicate }: InstanceRun): string =>
  isDuplicate ? name.replace(ADDED, '') : name;

/** The names that two processes at work were given. */
export function sharedNames(runs: readonly InstanceRun[]): ReadonlySet<string> {
  const names = runs.filter((run) => stateOf(run) === 'at work').map(givenNameOf);
  return new Set(names.filter((name, at) => names.indexOf(name) !== at));
}

export const sharesItsName = (run: InstanceRun, shared: ReadonlySet<string>): boolean =>
  stateOf(run) === 'at work' && shared.has(givenNameOf(run));
