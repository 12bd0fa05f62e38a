import { GRANT_TYPES } from '@consent-hub/psd2-protocol';
import { BankAndClient, REQUEST_ID } from '../testing/bank-and-client.harness.js';
import type { BankErrorCode } from './bank-error.js';
import { answering, type Script } from '../testing/https-bank.harness.js';

const PAGE = '<html><title>Please try again later</title></html>';
const SPRING = '{"timestamp":"2026-11-22T10:00:00Z","status":403,"error":"Forbidden","path":"/token"}';

/** Answers as something that stands before the bank does: without its headers. */
const gateway =
  (status: number, headers: Record<string, string> = {}, body = PAGE): Script =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'text/html', ...headers });
    response.end(body);
  };

const GATEWAY_ANSWERS: readonly (readonly [string, Script, number])[] = [
  ['a redirect to a maintenance page', gateway(302, { Location: 'https://status.example/' }), 302],
  ['a login page', gateway(401, { 'WWW-Authenticate': 'Basic' }), 401],
  ['the page of a firewall', gateway(403), 403],
  ['the JSON of a Spring gateway', gateway(403, { 'Content-Type': 'application/json' }, SPRING), 403],
  ['a page that is not there', gateway(404), 404],
  ['a request time-out', gateway(408, { Connection: 'close' }), 408],
  ['too many requests', gateway(429, { 'Retry-After': '7' }, ''), 429],
  ['an internal error', gateway(500), 500],
  ['a bad gateway', gateway(502), 502],
  ['a service that is not available', gateway(503, { 'Retry-After': '7' }), 503],
  ['a gateway time-out', gateway(504), 504],
];

describe('what stands before the bank', () => {
  let harness: BankAndClient;
  beforeAll(async () => (harness = await BankAndClient.start()));
  afterAll(() => harness.close());

  describe.each(GRANT_TYPES)('at a token request (%s)', (grantType) => {
    it.each(GATEWAY_ANSWERS)('leaves it in doubt with %s', async (_what, script, httpStatus) => {
      await expect(harness.answers(script).token(grantType)).rejects.toMatchObject({
        code: 'outcome_unknown',
        context: { requestId: REQUEST_ID, httpStatus, callIsOver: false },
      });
    });
  });

  it.each(GATEWAY_ANSWERS)(
    'refuses nothing to a caller who only reads: %s',
    async (_what, script, status) => {
      const code: BankErrorCode = status === 429 || status === 503 ? 'busy' : 'outcome_unknown';

      for (const call of [harness.answers(script).links(), harness.answers(script).accounts()])
        await expect(call).rejects.toMatchObject({ code, context: { httpStatus: status } });
    },
  );

  it('says how long to wait as well as the bank does', async () => {
    for (const script of [
      gateway(503, { 'Retry-After': '7' }),
      answering(503, { error: 'SERVICE_UNAVAILABLE' }, { 'Retry-After': '7' }),
    ])
      for (const call of [harness.answers(script).token(), harness.answers(script).accounts()])
        await expect(call).rejects.toMatchObject({ context: { retryAfterSeconds: 7 } });
  });

  it.each<[string, Script]>([
    ['JSON of an error', gateway(200, {}, '{"error":"maintenance"}')],
    ['JSON of an error with a code of its own', gateway(200, {}, '{"error_code":503,"access_token":null}')],
    ['an error that the bank does not document', answering(200, { error: 'maintenance' })],
  ])('waits for no server behind it when it answers success: %s', async (_what, script) => {
    await expect(harness.answers(script).token()).rejects.toMatchObject({
      code: 'outcome_unknown',
      context: { httpStatus: 200, callIsOver: true },
    });
    for (const call of [harness.links(), harness.accounts()])
      await expect(call).rejects.toMatchObject({ code: 'outcome_unknown' });
  });

  it.each<[string, Script]>([
    ['a page', gateway(200)],
    ['nothing', gateway(204, {}, '')],
    ['JSON without tokens', gateway(200, {}, '{"status":"maintenance"}')],
  ])('is accepted, and holds no pair: %s', async (_what, script) => {
    const { body, responseIdMatches, isToAnotherRequest } = await harness.answers(script).token();

    expect({ responseIdMatches, isToAnotherRequest }).toEqual({ responseIdMatches: false });
    expect(() => harness.client.readTokenAnswer(body)).toThrow(
      expect.objectContaining({ code: 'unreadable_answer', context: { holdsPair: false } }) as Error,
    );
  });

  it('may answer in the place of another call', async () => {
    const headers = { 'Response-ID': '00000000-0000-4000-8000-000000000000' };

    await expect(harness.answers(gateway(200, headers)).token()).resolves.toMatchObject({
      responseIdMatches: false,
      isToAnotherRequest: true,
    });
  });

  it.each([
    ['joins the echo with commas', `${REQUEST_ID}, ${REQUEST_ID}`],
    ['repeats the echo', [REQUEST_ID, REQUEST_ID]],
    ['adds an id of its own', ['proxy-1', REQUEST_ID]],
    ['writes it in capitals', ` ${REQUEST_ID.toUpperCase()} `],
  ])('leaves the bank its word when it %s', async (_what, echo) => {
    harness.answers((response) => {
      response.writeHead(503, { 'Response-ID': echo });
      response.end();
    });

    await expect(harness.token()).rejects.toMatchObject({ code: 'busy' });

    harness.answers((response) => {
      response.writeHead(401, { 'Response-ID': echo });
      response.end('{"error_code":"GEN-1203-100004"}');
    });

    await expect(harness.token()).rejects.toMatchObject({ code: 'refresh_token_refused' });
  });

  it('does not lend its word to the answer to another request', async () => {
    const headers = { 'Response-ID': '00000000-0000-4000-8000-000000000000' };
    harness.answers(answering(401, { error: 'invalid_grant', error_code: '10006' }, headers));

    await expect(harness.token()).rejects.toMatchObject({
      code: 'outcome_unknown',
      context: { callIsOver: false },
    });
  });

  it('does not hide a refusal of the bank when it removes the echo', async () => {
    const words = { error: 'FAILED_SECURITY_VALIDATION', error_code: 'GEN-1203-100004' };
    harness.answers(gateway(401, {}, JSON.stringify(words)));

    await expect(harness.token()).rejects.toMatchObject({ code: 'refresh_token_refused' });
  });

  it.each<[BankErrorCode, object]>([
    ['refresh_token_refused', { error: 'invalid_grant' }],
    ['refresh_token_refused', { access_token: null, refresh_token: null, error_code: 'GEN-1203-100004' }],
    ['consent_withdrawn', { error: 'NO_ACTIVE_CONSENT', error_code: 'B14800ZZ-3013-000000' }],
  ])('does not hide a refusal of the bank under success: %s', async (code, words) => {
    await expect(harness.answers(gateway(200, {}, JSON.stringify(words))).token()).rejects.toMatchObject({
      code,
      context: { httpStatus: 200 },
    });
  });

  it('does not turn a pair into a refusal, whatever other fields the body has', async () => {
    harness.answers(answering(200, { access_token: 'at-1', refresh_token: 'rt-1', error: 'invalid_grant' }));

    await expect(harness.granted()).resolves.toBe('rt-1');
  });
});
