import { canMove, CONSENT_STATES, isEnded, isLive, LIVE_STATES, TRANSITIONS } from './consent-state.js';
import { STATE_REASONS } from './transition.js';

describe('the life of a consent', () => {
  it('reaches every state from initiated', () => {
    const reached = new Set(['initiated']);
    for (const state of CONSENT_STATES)
      if (reached.has(state)) TRANSITIONS[state].forEach((to) => reached.add(to));
    expect([...reached].sort()).toEqual([...CONSENT_STATES].sort());
  });

  it('never returns to initiated or authorized once a pair is there', () => {
    for (const live of LIVE_STATES) {
      expect(canMove(live, 'initiated')).toBe(false);
      expect(canMove(live, 'authorized')).toBe(false);
    }
  });

  it('has five ends, none of them live', () => {
    const ends = CONSENT_STATES.filter(isEnded);
    expect(ends).toEqual(['superseded', 'revoked', 'expired', 'rejected', 'failed']);
    expect(ends.filter(isLive)).toEqual([]);
  });

  it('is not taken up again after an end, but for a failure that a late answer explains', () => {
    const reasons = [null, ...new Set(Object.values(STATE_REASONS).flat())];
    const resumed = CONSENT_STATES.filter(isEnded).flatMap((from) =>
      CONSENT_STATES.flatMap((to) =>
        reasons.filter((reason) => canMove(from, to, reason)).map((reason) => [from, reason, to]),
      ),
    );
    expect(resumed).toEqual([
      ['failed', 'code_refused', 'active'],
      ['failed', 'exchange_lost', 'active'],
      ['failed', 'rotation_lost', 'refreshed'],
      ['failed', 'refresh_refused', 'refreshed'],
    ]);
  });
});
