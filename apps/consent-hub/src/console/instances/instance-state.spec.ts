import type { InstanceRun } from '@consent-hub/consent';
import { sharedNames, sharesItsName, stateOf } from './instance-state.js';

const run = (name: string, more: Partial<InstanceRun> = {}): InstanceRun => ({
  owner: `${name}.1`,
  name,
  isDuplicate: false,
  version: '1.0.0',
  schema: 'M1',
  startedAt: new Date(0),
  seenAt: new Date(0),
  endedAt: null,
  isSilent: false,
  spoolIsWritable: true,
  spoolFiles: 0,
  unsettledAnswers: 0,
  oldestUnsettledAt: null,
  day: { refreshes: 0, sweeps: 0, sweepMs: 0, longestSweepMs: 0 },
  ...more,
});

describe('the state of a process', () => {
  it('is its end where it ended in order, else whether it is silent', () => {
    expect(stateOf(run('a'))).toBe('at work');
    expect(stateOf(run('a', { isSilent: true }))).toBe('silent');
    expect(stateOf(run('a', { endedAt: new Date(1) }))).toBe('ended');
  });
});

describe('a name', () => {
  it('is shared by two that are at work, the one with a name of its own among them', () => {
    const runs = [run('a'), run('a~01ab9f', { isDuplicate: true }), run('b')];
    const shared = sharedNames(runs);
    expect([...shared]).toEqual(['a']);
    expect(runs.map((one) => sharesItsName(one, shared))).toEqual([true, true, false]);
  });

  it('is not shared with one that has ended or is silent, nor by a name with the same end', () => {
    expect(sharedNames([run('a'), run('a', { endedAt: new Date(1) })]).size).toBe(0);
    expect(sharedNames([run('a'), run('a', { isSilent: true })]).size).toBe(0);
    expect(sharedNames([run('a'), run('a~01ab9f')]).size).toBe(0);
  });
});
