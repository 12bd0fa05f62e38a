import { outcomesOf } from './circuit-breaker-report.js';

const notice = (outcome: Parameters<typeof outcomesOf>[0]['outcome'], isScheduled = true) =>
  outcomesOf({ consentId: 'c', outcome, reason: null, isScheduled });
const ended = (reason: Parameters<typeof outcomesOf>[0]['reason'], isScheduled = true) =>
  outcomesOf({ consentId: 'c', outcome: 'ended', reason, isScheduled });

describe('what a refresh says about the bank', () => {
  it.each(['committed', 'overtaken'] as const)('is good when it is %s', (outcome) => {
    expect(notice(outcome)).toEqual({ good: 1 });
    expect(notice(outcome, false)).toEqual({ goodOnDemand: 1 });
  });

  it.each(['in_doubt', 'received'] as const)('is bad when it is %s, scheduled or on demand', (outcome) => {
    expect(notice(outcome)).toEqual({ bad: ['c'] });
    expect(notice(outcome, false)).toEqual({ bad: ['c'] });
  });

  it('is that a pair was refused, which may be the fate of that pair', () => {
    expect(ended('refresh_refused')).toEqual({ refused: ['c'] });
    expect(ended('refresh_refused', false)).toEqual({ refused: ['c'] });
  });

  it.each(['withdrawn_at_bank', 'rotation_lost'] as const)(
    'is that it answers, when the consent ended as %s',
    (reason) => {
      expect(ended(reason)).toEqual({ neutral: 1 });
      expect(ended(reason, false)).toEqual({});
    },
  );

  it.each(['refused', 'not_sent'] as const)('is nothing when it was %s', (outcome) => {
    expect(notice(outcome)).toEqual({});
  });
});
