import { BANK_ERROR_CODES } from '@consent-hub/bank-client';
import { GRANT_TYPES } from '@consent-hub/psd2-protocol';
import { verdictOf } from './verdict.js';

describe('the verdict on a failed call', () => {
  it.each(GRANT_TYPES)('is in doubt for a lost answer, and only for that (%s)', (grantType) => {
    const doubtful = BANK_ERROR_CODES.filter((code) => verdictOf(code, grantType, false).kind === 'in_doubt');
    expect(doubtful).toEqual(['outcome_unknown', 'unreadable_answer']);
  });

  it.each(GRANT_TYPES)('allows another try only where nothing happened at the bank (%s)', (grantType) => {
    const retried = BANK_ERROR_CODES.filter((code) => verdictOf(code, grantType, false).kind === 'not_sent');
    expect(retried).toEqual(['not_sent', 'busy']);
  });

  it('ends a live consent for the two documented words alone', () => {
    const ending = BANK_ERROR_CODES.filter(
      (code) => verdictOf(code, 'refresh_token', false).kind === 'ended',
    );
    expect(ending).toEqual(['consent_withdrawn', 'refresh_token_refused']);
  });

  it('ends the consent of a refused code, for every error code that refuses it', () => {
    const ending = BANK_ERROR_CODES.filter(
      (code) => verdictOf(code, 'authorization_code', false).kind === 'ended',
    );
    expect(ending).toEqual([
      'consent_withdrawn',
      'account_refused',
      'refresh_token_refused',
      'access_token_refused',
      'security_refused',
      'client_refused',
      'request_refused',
    ]);
  });

  it('distinguishes a withdrawal from a refusal', () => {
    expect(verdictOf('consent_withdrawn', 'refresh_token', false)).toMatchObject({
      to: 'revoked',
      reason: 'withdrawn_at_bank',
    });
    expect(verdictOf('refresh_token_refused', 'refresh_token', false)).toMatchObject({
      to: 'failed',
      reason: 'refresh_refused',
    });
  });

  it('reads a refusal of a probe as a rotation whose answer was lost', () => {
    expect(verdictOf('refresh_token_refused', 'refresh_token', true)).toMatchObject({
      reason: 'rotation_lost',
    });
    expect(verdictOf('security_refused', 'authorization_code', true)).toMatchObject({
      reason: 'exchange_lost',
    });
  });

  it('does not take a refused client for a lost rotation', () => {
    expect(verdictOf('client_refused', 'refresh_token', true)).toEqual({ kind: 'refused' });
  });
});
