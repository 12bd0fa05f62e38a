import { canMove, CONSENT_STATES, isFinal, isLive, LIVE_STATES, TRANSITIONS } from './consent-state.js';

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
    const ends = CONSENT_STATES.filter(isFinal);
    expect(ends).toEqual(['superseded', 'revoked', 'expired', 'rejected', 'failed']);
    expect(ends.filter(isLive)).toEqual([]);
  });
});
