import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import type { BankErrorCode } from './bank-error.js';
import { echoOf, refusalOf } from './refusal.js';

const REQUEST_ID = '3f0c2b0e-4f1c-4c55-9a53-6f1f3d1b7e11';
const answer = (status: number, body: unknown = '', headers = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('a refusal of the bank', () => {
  it.each<[BankErrorCode, number, string, string | number]>([
    ['consent_withdrawn', 403, BANK_ERROR.noActiveConsent.error, BANK_ERROR.noActiveConsent.code],
    ['consent_withdrawn', 403, 'NO_ACTIVE_CONSENT', 'B14800-3013-000000'],
    ['consent_withdrawn', 403, 'no_active_consent', '20005'],
    ['consent_withdrawn', 403, 'anything', 'B14800ZZ-3013-000000'],
    ['consent_withdrawn', 403, 'anything', 20005],
    ['consent_withdrawn', 401, 'No_Active_Consent', ''],
    ['refresh_token_refused', 401, BANK_ERROR.invalidRefreshToken.error, BANK_ERROR.invalidRefreshToken.code],
    ['refresh_token_refused', 401, 'invalid_grant', '10006'],
    ['refresh_token_refused', 400, 'INVALID_GRANT', ''],
    ['access_token_refused', 401, BANK_ERROR.invalidAccessToken.error, BANK_ERROR.invalidAccessToken.code],
    ['access_token_refused', 401, 'invalid_access_token', '10006'],
    ['security_refused', 401, BANK_ERROR.securityParameters.error, BANK_ERROR.securityParameters.code],
    ['security_refused', 401, BANK_ERROR.invalidJwt.error, BANK_ERROR.invalidJwt.code],
    ['client_refused', 401, BANK_ERROR.invalidClient.error, BANK_ERROR.invalidClient.code],
    ['client_refused', 403, BANK_ERROR.noActiveTpp.error, BANK_ERROR.noActiveTpp.code],
    ['client_refused', 401, 'invalid_client', ''],
    ['request_refused', 400, BANK_ERROR.missingInput.error, BANK_ERROR.missingInput.code],
    ['request_refused', 400, BANK_ERROR.invalidHeader.error, BANK_ERROR.invalidHeader.code],
    ['request_refused', 403, BANK_ERROR.invalidAccount.error, BANK_ERROR.invalidAccount.code],
    ['request_refused', 403, 'CHANNEL_NOT_PERMITTED', 'B14800ZZ-3007-000000'],
    ['request_refused', 401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100099'],
    ['request_refused', 401, 'unheard_of', '10006'],
    ['request_refused', 400, 'x', 'GEN-3013-000000'],
  ])('means %s when it is %i %s %s', (code, status, error, errorCode) => {
    const refusal = refusalOf(
      answer(status, { error, error_code: errorCode, error_description: 'text' }),
      REQUEST_ID,
    );

    expect(refusal.code).toBe(code);
    expect(refusal.context).toMatchObject({ requestId: REQUEST_ID, httpStatus: status, error });
  });

  it.each<[BankErrorCode, number]>([
    ['request_refused', 302],
    ['request_refused', 304],
    ['request_refused', 404],
    ['request_refused', 406],
    ['request_refused', 409],
    ['busy', 429],
    ['outcome_unknown', 500],
    ['outcome_unknown', 502],
    ['busy', 503],
    ['outcome_unknown', 504],
    ['outcome_unknown', 599],
  ])('means %s when it is a bare %i', (code, status) => {
    expect(refusalOf(answer(status, '<html>'), REQUEST_ID)).toMatchObject({
      code,
      context: { requestId: REQUEST_ID, httpStatus: status },
    });
  });

  it('is no verdict on the token when the server failed meanwhile', () => {
    const words = { error: 'FAILED_SECURITY_VALIDATION', error_code: 'GEN-1203-100004' };

    expect(refusalOf(answer(500, words), REQUEST_ID)).toMatchObject({
      code: 'outcome_unknown',
      context: { errorCode: 'GEN-1203-100004' },
    });
  });

  it('ends nothing when it belongs to another request', () => {
    const headers = { 'response-id': '00000000-0000-4000-8000-000000000000' };
    const words = { error: 'NO_ACTIVE_CONSENT', error_code: 'B14800ZZ-3013-000000' };

    expect(refusalOf(answer(403, words, headers), REQUEST_ID).code).toBe('outcome_unknown');
    expect(refusalOf(answer(503, '', headers), REQUEST_ID).code).toBe('outcome_unknown');
  });

  it('keeps of its words only what looks like a code', () => {
    const words = {
      error: 'no such token: rt-secret',
      error_code: 'x'.repeat(65),
      error_description: 'rt-secret',
    };

    const refusal = refusalOf(answer(400, words), REQUEST_ID);

    expect(refusal.context).toEqual({ requestId: REQUEST_ID, httpStatus: 400 });
    expect(refusal.message).toBe('bank call failed: request_refused');
  });

  it.each([
    '',
    'null',
    '[]',
    '"text"',
    '{"error":',
    '{"error":{"error":"x"}}',
    '{"error":null,"error_code":true}',
  ])('is understood by its status alone when the body is %j', (body) => {
    expect(refusalOf(answer(403, body), REQUEST_ID)).toMatchObject({
      code: 'request_refused',
      context: { requestId: REQUEST_ID, httpStatus: 403 },
    });
  });

  it.each([
    ['seconds', '120', 120],
    ['nothing at all', '0', 0],
    ['a week', '604800', 86_400],
    ['a date two minutes after the bank’s own', 'Sun, 22 Nov 2026 10:02:00 GMT', 120],
    ['a date that is over', 'Sun, 22 Nov 2026 09:00:00 GMT', undefined],
    ['no sense', 'soon', undefined],
    ['a negative number', '-5', undefined],
  ])('asks to wait as long as Retry-After says: %s', (_what, text, seconds) => {
    const headers = {
      'retry-after': text,
      date: ['Sun, 22 Nov 2026 10:00:00 GMT', 'Sun, 22 Nov 2026 10:00:01 GMT'],
    };

    expect(refusalOf(answer(503, '', headers as object), REQUEST_ID).context.retryAfterSeconds).toBe(seconds);
  });

  it('does not guess the distance of a date when the bank sends no date of its own', () => {
    const headers = { 'retry-after': 'Sun, 22 Nov 2026 10:02:00 GMT' };

    expect(refusalOf(answer(503, '', headers), REQUEST_ID).context).not.toHaveProperty('retryAfterSeconds');
  });
});

describe('the echo of a Request-ID', () => {
  it.each([
    ['same', REQUEST_ID],
    ['same', REQUEST_ID.toUpperCase()],
    ['same', ` ${REQUEST_ID} `],
    ['same', [REQUEST_ID, REQUEST_ID]],
    ['different', '00000000-0000-4000-8000-000000000000'],
    ['missing', ' '],
    ['missing', undefined],
  ])('is %s when it is %j', (verdict, echo) => {
    expect(echoOf(echo === undefined ? {} : { 'response-id': echo }, REQUEST_ID)).toBe(verdict);
  });
});
