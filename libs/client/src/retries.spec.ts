import { ConsentHub, ConsentHubError, type AccessToken } from './index.js';

const TOKEN = { consent_id: 'c-1', access_token: 't', generation: 1, expires_in: 3600 } as AccessToken;
const CODE = { brand: 'belfius', psu_ref: 'p', code: 'c', code_verifier: 'v', redirect_uri: 'r' } as const;
const WISH = { scope: 'AIS', brand: 'belfius', psu_ref: 'p' } as const;

const later = (status: number, retryAfter?: string): Response =>
  Response.json(
    { code: status === 429 ? 'rate_limited' : 'bank_unavailable' },
    { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } },
  );
const served = (): Response => Response.json({ ...TOKEN, id: 'c-1', items: [] });

let asked: number;
/** A hub that answers in turn, and then is well. */
function hubAnswering(...answers: Response[]): ConsentHub {
  asked = 0;
  return new ConsentHub({
    url: 'https://hub.example',
    apiKey: 'key',
    fetch: () => Promise.resolve(answers[asked++] ?? served()),
  });
}
const CALLS: Record<string, (hub: ConsentHub) => Promise<unknown>> = {
  'the reading of a consent': (hub) => hub.consent('c-1'),
  'the reading of accounts': (hub) => hub.accounts('c-1'),
  'the reading of an access token': (hub) => hub.accessToken({ consentId: 'c-1' }),
  'the reading of an SCA token': (hub) => hub.scaToken('c-1'),
  'the report of a rejection': (hub) => hub.reportRejection(TOKEN),
  'a revocation': (hub) => hub.revokeConsent('c-1'),
  'the preparation of a later authentication': (hub) => hub.prepareScaAuthorization('c-1'),
  'an opening with an idempotency key': (hub) => hub.openConsent(WISH, { idempotencyKey: 'k' }),
};
const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => {
      throw new Error('it was served');
    },
    (error: unknown) => error,
  );

beforeEach(() =>
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] }),
);
afterEach(() => jest.useRealTimers());

describe.each([429, 503])('a call that is answered %i', (status) => {
  it.each(Object.entries(CALLS))('is made again when the hub says when: %s', async (_what, call) => {
    const hub = hubAnswering(later(status, '3'), later(status, '0'));
    const answer = call(hub);
    await jest.advanceTimersByTimeAsync(2_999);
    expect(asked).toBe(1);
    await jest.advanceTimersByTimeAsync(751);
    await answer;
    expect(asked).toBe(3);
  });

  it.each<[string, (hub: ConsentHub) => Promise<unknown>]>([
    ['an opening without an idempotency key', (hub) => hub.openConsent(WISH)],
    ['the exchange of a payment code', (hub) => hub.exchangePaymentCode(CODE)],
  ])('is left to its caller when it would not be the same twice: %s', async (_what, call) => {
    expect(await refusalOf(call(hubAnswering(later(status, '0'))))).toMatchObject({ retryAfterSeconds: 0 });
    expect(asked).toBe(1);
  });

  it('fails as the hub said after two more tries', async () => {
    const call = hubAnswering(...[1, 2, 3].map(() => later(status, '0'))).consent('c-1');
    call.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(1);
    expect(await refusalOf(call)).toMatchObject({ status, retryAfterSeconds: 0 });
    expect(asked).toBe(3);
  });

  it.each([
    ['11', 11],
    [undefined, null],
    ['soon', null],
  ])('is left to its caller when it is to come back after %s', async (retryAfter, retryAfterSeconds) => {
    const error = await refusalOf(hubAnswering(later(status, retryAfter)).consent('c-1'));
    expect(error).toMatchObject({ status, retryAfterSeconds });
    expect(asked).toBe(1);
  });

  it('is made again at the moment that a proxy names', async () => {
    const answer = hubAnswering(later(status, new Date(Date.now() + 4_000).toUTCString())).consent('c-1');
    await jest.advanceTimersByTimeAsync(5_001);
    await answer;
    expect(asked).toBe(2);
  });
});

describe('a call that fails otherwise', () => {
  it.each([400, 401, 403, 404, 409, 500, 502, 504])('is not made again: %i', async (status) => {
    const answer = Response.json({ code: 'x' }, { status, headers: { 'retry-after': '0' } });
    expect(await refusalOf(hubAnswering(answer).consent('c-1'))).toMatchObject({ status, code: 'x' });
    expect(asked).toBe(1);
  });
});

describe('a hub that falls silent', () => {
  const silent = (answer: (signal: AbortSignal) => Promise<Response>): ConsentHub =>
    new ConsentHub({
      url: 'https://hub.example',
      apiKey: 'key',
      timeoutMs: 2_000,
      fetch: (_input, init) => answer(init?.signal as AbortSignal),
    });
  const never = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });

  it.each<[string, (signal: AbortSignal) => Promise<Response>]>([
    ['before it answers', never],
    [
      'in the middle of its answer',
      (signal) =>
        Promise.resolve(
          new Response(
            new ReadableStream({
              start: (body) =>
                signal.addEventListener('abort', () => body.error(new DOMException('aborted', 'AbortError'))),
            }),
          ),
        ),
    ],
  ])('is not waited for longer than was said: %s', async (_when, answer) => {
    const call = silent(answer).consent('c-1');
    call.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(2_000);
    const error = await refusalOf(call);
    expect(error).toBeInstanceOf(ConsentHubError);
    expect(error).toMatchObject({ status: 0, code: 'timed_out' });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets a caller go who leaves, with the caller’s own reason', async () => {
    const caller = new AbortController();
    const call = silent(never).consent('c-1', { signal: caller.signal });
    const reason = new Error('the browser is gone');
    caller.abort(reason);
    expect(await refusalOf(call)).toBe(reason);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a caller that leaves', () => {
  it('waits for no second try', async () => {
    const caller = new AbortController();
    const call = hubAnswering(later(429, '5')).consent('c-1', { signal: caller.signal });
    call.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    caller.abort();
    expect(await refusalOf(call)).toMatchObject({ name: 'AbortError' });
    expect([asked, jest.getTimerCount()]).toEqual([1, 0]);
  });

  it('does not abort the request for others that wait for the same token', async () => {
    const hub = hubAnswering(later(503, '1'));
    const caller = new AbortController();
    const left = hub.accessToken({ consentId: 'c-1' }, { signal: caller.signal });
    const stays = hub.accessToken({ consentId: 'c-1' });
    caller.abort();
    expect(await refusalOf(left)).toMatchObject({ name: 'AbortError' });
    await jest.advanceTimersByTimeAsync(1_250);
    expect(await stays).toMatchObject(TOKEN);
    expect(asked).toBe(2);
  });

  it('asks nothing when it has left before', async () => {
    const hub = hubAnswering();
    const signal = AbortSignal.abort();
    for (const call of [
      hub.consent('c-1', { signal }),
      hub.accessToken({ consentId: 'c-1' }, { signal }),
      hub.reportRejection(TOKEN, { signal }),
    ]) {
      expect(await refusalOf(call)).toMatchObject({ name: 'AbortError' });
    }
    expect(asked).toBe(0);
  });
});
