import { ConsentError } from '@consent-hub/consent';
import { consentProblem } from './consent-problems.js';

describe('the answer to a failure of the consent domain', () => {
  it('holds state, reason and what to do when a consent has no tokens', () => {
    const error = new ConsentError('consent_not_live', {
      consentId: 'c',
      state: 'failed',
      reason: 'rotation_lost',
    });
    expect(consentProblem(error).members()).toMatchObject({
      status: 409,
      code: 'consent_not_live',
      state: 'failed',
      reason: 'rotation_lost',
      action: 'open_consent',
    });
  });

  it.each([
    ['initiated', 'wait_for_psu'],
    ['authorized', 'wait_for_exchange'],
    ['superseded', 'use_successor'],
    ['revoked', 'open_consent'],
  ] as const)('advises for %s: %s', (state, action) => {
    expect(
      consentProblem(new ConsentError('consent_not_live', { consentId: 'c', state })).members(),
    ).toMatchObject({
      action,
    });
  });

  it('says when to come back while a call is under way or in doubt', () => {
    const problem = consentProblem(
      new ConsentError('grant_in_doubt', { consentId: 'c', retryAfterSeconds: 140 }),
    );
    expect(problem.details).toMatchObject({ status: 503, headers: { 'Retry-After': '140' } });
  });

  it('passes on the code words of the bank', () => {
    const error = new ConsentError('bank_refused', {
      consentId: 'c',
      bankError: 'UNKNOWN_WORD',
      bankErrorCode: 'X-1',
    });
    expect(consentProblem(error).members()).toMatchObject({
      status: 502,
      bank: { error: 'UNKNOWN_WORD', error_code: 'X-1' },
    });
  });
});
