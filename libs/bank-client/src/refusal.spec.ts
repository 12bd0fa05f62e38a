import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import type { BankErrorCode } from './bank-error.js';
import { refusalOf } from './refusal.js';

const REQUEST_ID = '3f0c2b0e-4f1c-4c55-9a53-6f1f3d1b7e11';
const OTHER_ID = '00000000-0000-4000-8000-000000000000';
const POST = { requestId: REQUEST_ID, method: 'POST' } as const;
const GET = { requestId: REQUEST_ID, method: 'GET' } as const;
const ECHO = { 'response-id': REQUEST_ID };
const answer = (status: number, body: unknown = '', headers = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
/** What a gateway, a proxy or a firewall answers in the place of the bank. */
const FOREIGN_BODIES = {
  'a page': '<html>Service unavailable</html>',
  nothing: '',
  'a text': 'upstream connect error',
  'JSON of a gateway': '{"message":"no Route matched with those values"}',
  'JSON of a Spring gateway':
    '{"timestamp":"2026-11-22T10:00:00Z","status":403,"error":"Forbidden","path":"/token"}',
  'JSON in the spelling of the bank': '{"error":"FORBIDDEN","error_description":"Access is not ok"}',
  'JSON with a code of its own': '{"error":"ACCESS_DENIED","error_code":"403"}',
  'a list of the bank’s words': '["NO_ACTIVE_CONSENT"]',
  'the bank’s words within a text': '"NO_ACTIVE_CONSENT"',
  'the bank’s words deeper within': '{"fault":{"error":"NO_ACTIVE_CONSENT"}}',
};

describe('a refusal of the bank', () => {
  it.each<[BankErrorCode, number, string, string | number]>([
    ['consent_withdrawn', 403, BANK_ERROR.noActiveConsent.error, BANK_ERROR.noActiveConsent.code],
    ['consent_withdrawn', 403, 'NO_ACTIVE_CONSENT', 'B14800-3013-000000'],
    ['consent_withdrawn', 403, 'no_active_consent', '20005'],
    ['consent_withdrawn', 403, 'anything', 'B14800ZZ-3013-000000'],
    ['consent_withdrawn', 403, 'anything', 20005],
    ['consent_withdrawn', 401, 'No_Active_Consent', ''],
    ['account_refused', 403, BANK_ERROR.channelNotPermitted.error, BANK_ERROR.channelNotPermitted.code],
    ['account_refused', 403, BANK_ERROR.accountNotSupported.error, BANK_ERROR.accountNotSupported.code],
    ['account_refused', 403, 'anything', 'B14800-3007-000000'],
    ['account_refused', 403, 'anything', 'B14800ZZ-3008-000000'],
    ['account_refused', 403, 'channel_not_permitted', ''],
    ['account_refused', 403, 'anything', '20003'],
    ['account_refused', 403, 'anything', 20004],
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
    ['request_refused', 403, BANK_ERROR.accessDenied.error, BANK_ERROR.accessDenied.code],
    ['request_refused', 403, 'FORBIDDEN', 'B14821ZZ-2101-000000'],
    ['request_refused', 400, 'missing_input', '10001'],
    ['request_refused', 401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100099'],
    ['request_refused', 401, 'unheard_of', '10006'],
    ['request_refused', 400, 'x', 'GEN-3013-000000'],
  ])('means %s when it is %i %s %s', (code, status, error, errorCode) => {
    const refusal = refusalOf(
      answer(status, { error, error_code: errorCode, error_description: 'text' }),
      POST,
    );

    expect(refusal.code).toBe(code);
    expect(refusal.context).toMatchObject({ requestId: REQUEST_ID, httpStatus: status, error });
  });

  it.each([
    [BANK_ERROR.noActiveConsent.error, BANK_ERROR.noActiveConsent.code],
    ['NO_ACTIVE_CONSENT', 'B14800-3013-000000'],
    ['no_active_consent', '20005'],
    ['no_active_consent', 20005],
    ['NO_ACTIVE_CONSENT', undefined],
    [undefined, 'B14800ZZ-3013-000000'],
  ])('says to a call that only reads that the consent has ended: %s %s', (error, errorCode) => {
    for (const headers of [{}, ECHO])
      expect(refusalOf(answer(403, { error, error_code: errorCode }, headers), GET).code).toBe(
        'consent_withdrawn',
      );
  });

  it.each<[BankErrorCode, number, object]>([
    ['request_refused', 302, {}],
    ['request_refused', 404, {}],
    ['request_refused', 406, {}],
    ['request_refused', 409, {}],
    ['busy', 429, {}],
    ['outcome_unknown', 500, { callIsOver: true }],
    ['outcome_unknown', 502, { callIsOver: false }],
    ['busy', 503, {}],
    ['outcome_unknown', 504, { callIsOver: false }],
    ['outcome_unknown', 599, { callIsOver: true }],
  ])('means %s when it is a %i that echoes our Request-ID and says nothing else', (code, status, facts) => {
    expect(refusalOf(answer(status, '<html>', ECHO), POST)).toMatchObject({
      code,
      context: { requestId: REQUEST_ID, httpStatus: status, ...facts },
    });
  });

  it.each<[BankErrorCode, number, object]>([
    ['busy', 429, {}],
    ['busy', 503, {}],
    ['outcome_unknown', 500, { callIsOver: true }],
    ['outcome_unknown', 502, { callIsOver: false }],
    ['outcome_unknown', 504, { callIsOver: false }],
    ['request_refused', 408, {}],
  ])('means %s when it is a %i in documented words without an echo', (code, status, facts) => {
    const words = { error: 'MISSING_INPUT', error_code: 'GEN-1201-100001' };

    expect(refusalOf(answer(status, words), POST)).toMatchObject({ code, context: facts });
  });

  it('is no verdict on the token when the server failed', () => {
    const words = { error: 'FAILED_SECURITY_VALIDATION', error_code: 'GEN-1203-100004' };

    expect(refusalOf(answer(500, words), POST)).toMatchObject({
      code: 'outcome_unknown',
      context: { errorCode: 'GEN-1203-100004', callIsOver: true },
    });
  });

  it.each<[BankErrorCode, unknown, object]>([
    ['refresh_token_refused', { error: 'invalid_grant' }, {}],
    ['consent_withdrawn', { error_code: 'B14800ZZ-3013-000000' }, ECHO],
    ['request_refused', { error: 'INVALID_INPUT', error_code: 'GEN-1202-100002' }, {}],
    ['outcome_unknown', { error: 'invalid_grant' }, { 'response-id': OTHER_ID }],
    ['outcome_unknown', { error: 'maintenance' }, {}],
    ['outcome_unknown', { error: 'maintenance' }, ECHO],
  ])('means %s under a status of success when it says %j with %j', (code, words, headers) => {
    expect(refusalOf(answer(200, words, headers), POST).code).toBe(code);
  });

  it('ends nothing when it belongs to another request', () => {
    const headers = { 'response-id': OTHER_ID };
    const words = { error: 'NO_ACTIVE_CONSENT', error_code: 'B14800ZZ-3013-000000' };

    for (const each of [answer(403, words, headers), answer(503, '', headers)])
      expect(refusalOf(each, POST)).toMatchObject({
        code: 'outcome_unknown',
        context: { callIsOver: false },
      });
  });

  it('keeps only those of its words that have the form of a code', () => {
    const words = {
      error: 'no such token: rt-secret',
      error_code: 'x'.repeat(65),
      error_description: 'rt-secret',
    };

    const refusal = refusalOf(answer(400, words, ECHO), POST);

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
  ])('is understood by its status and its echo when the body is %j', (body) => {
    expect(refusalOf(answer(403, body, ECHO), POST)).toMatchObject({
      code: 'request_refused',
      context: { requestId: REQUEST_ID, httpStatus: 403 },
    });
  });

  it.each([
    ['seconds', '120', 120],
    ['nothing at all', '0', 0],
    ['a week', '604800', 86_400],
    ['a date two minutes after the bank’s own', 'Sun, 22 Nov 2026 10:02:00 GMT', 120],
    ['a date in the past', 'Sun, 22 Nov 2026 09:00:00 GMT', undefined],
    ['no sense', 'soon', undefined],
    ['a negative number', '-5', undefined],
  ])('asks to wait as long as Retry-After says: %s', (_what, text, seconds) => {
    const headers = {
      'retry-after': text,
      date: ['Sun, 22 Nov 2026 10:00:00 GMT', 'Sun, 22 Nov 2026 10:00:01 GMT'],
    };

    for (const marks of [{}, ECHO])
      expect(refusalOf(answer(503, '', { ...headers, ...marks }), POST).context.retryAfterSeconds).toBe(
        seconds,
      );
  });

  it('does not guess the distance of a date when the bank sends no date of its own', () => {
    const headers = { 'retry-after': 'Sun, 22 Nov 2026 10:02:00 GMT' };

    expect(refusalOf(answer(503, '', headers), POST).context).not.toHaveProperty('retryAfterSeconds');
  });
});

describe('an answer without the marks of the bank', () => {
  const STATUSES = [
    301, 302, 304, 307, 400, 401, 403, 404, 405, 408, 413, 429, 431, 499, 500, 502, 503, 504, 520,
  ];

  it.each(Object.entries(FOREIGN_BODIES))('leaves a call that may have acted in doubt: %s', (_what, body) => {
    for (const status of STATUSES)
      expect(refusalOf(answer(status, body), POST)).toMatchObject({
        code: 'outcome_unknown',
        context: { requestId: REQUEST_ID, httpStatus: status, callIsOver: false },
      });
  });

  it('is no refusal of what a caller only reads, and busy as it says', () => {
    const codes = STATUSES.map((status) => [status, refusalOf(answer(status, '<html>'), GET).code]);

    expect(codes.filter(([, code]) => code === 'busy')).toEqual([
      [429, 'busy'],
      [503, 'busy'],
    ]);
    expect(codes.filter(([, code]) => code === 'outcome_unknown')).toHaveLength(STATUSES.length - 2);
  });

  it('gives none of its words away, which may be anything', () => {
    const { context } = refusalOf(answer(403, { error: 'rt-secret', error_code: 'at-secret' }), POST);

    expect(context).toEqual({ requestId: REQUEST_ID, httpStatus: 403, callIsOver: false });
  });
});
