import { ProblemTally } from './problem-tally.js';

describe('the problems that were answered', () => {
  it('are counted by code and client, apart from those without a known client', () => {
    const tally = new ProblemTally();
    expect(tally.read()).toEqual([]);
    tally.add('rate_limited', 'payments');
    tally.add('rate_limited', 'payments');
    tally.add('rate_limited', 'accounts');
    tally.add('api_key_invalid');
    expect(tally.read()).toEqual([
      { code: 'rate_limited', client: 'payments', count: 2 },
      { code: 'rate_limited', client: 'accounts', count: 1 },
      { code: 'api_key_invalid', client: '', count: 1 },
    ]);
  });
});
