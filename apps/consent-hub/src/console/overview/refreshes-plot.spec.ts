import type { Figures } from '@consent-hub/consent';
import { withOpenOnes } from './refreshes-plot.js';

const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));
const brands = (status: 'open' | 'closed'): Figures['brands'] => {
  const figures = { due: 0, overdue: 0, oldestDueAt: null, inDoubt: 0, openRequests: 0 };
  const circuitBreaker = { since: at(1), nextCanaryAt: null, pausedAt: null };
  return {
    belfius: { ...figures, circuitBreaker: { ...circuitBreaker, status: 'closed' } },
    banx: { ...figures, circuitBreaker: { ...circuitBreaker, status } },
  };
};

describe('the pauses behind the refreshes', () => {
  const ended = { brand: 'banx', from: at(2), to: at(3) } as const;
  const open = { brand: 'banx', from: at(4), to: null } as const;

  it('have the one that began before the events that were read, as long as it lasts', () => {
    expect(withOpenOnes([ended], brands('open'))).toEqual([ended, { brand: 'banx', from: at(1), to: null }]);
    expect(withOpenOnes([ended], brands('closed'))).toEqual([ended]);
  });

  it('have the one of a person that began before the events that were read', () => {
    const { belfius, banx } = brands('closed');
    const paused = { ...banx, circuitBreaker: { ...banx.circuitBreaker, pausedAt: at(0) } };
    expect(withOpenOnes([], { belfius, banx: paused })).toEqual([{ brand: 'banx', from: at(0), to: null }]);
  });

  it('have each once', () => {
    expect(withOpenOnes([ended, open], brands('open'))).toEqual([ended, open]);
  });
});
