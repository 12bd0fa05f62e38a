import { ConsentHub, ConsentHubError, type AccessToken } from './index.js';

const PERSON = { brand: 'belfius', psuRef: 'customer 4711', scope: 'AIS' } as const;
const token = (generation: number, changes: Partial<AccessToken> = {}): AccessToken => ({
  consent_id: 'c-1',
  access_token: `token-${generation}`,
  token_type: 'Bearer',
  scope: 'AIS',
  generation,
  expires_at: '2026-11-22T12:00:00.000Z',
  expires_in: 3600,
  ...changes,
});
const problem = (status: number, code: string, headers = {}): Response =>
  Response.json({ code, detail: `a detail`, action: 'open_consent' }, { status, headers });

/** A hub that answers in turn, and what it was asked. */
function hubAnswering(...answers: (Response | Error)[]) {
  const asked: Request[] = [];
  const hub = new ConsentHub({
    url: 'https://hub.example/base/',
    apiKey: 'key',
    fetch: (input, init) => {
      asked.push(new Request(input, init));
      const answer = answers.shift();
      if (!answer) throw new Error('The hub was asked once too often');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  return { hub, asked };
}

describe('the tokens of a client', () => {
  it('are asked for once and kept', async () => {
    const { hub, asked } = hubAnswering(Response.json(token(1)));
    expect(await hub.accessToken(PERSON)).toEqual(token(1));
    expect(await hub.accessToken({ ...PERSON })).toEqual(token(1));
    expect(asked.map(({ url }) => url)).toEqual([
      'https://hub.example/base/v1/access-token?min_validity_seconds=60&brand=belfius&psu_ref=customer+4711&scope=AIS',
    ]);
    expect(asked[0]?.headers.get('authorization')).toBe('Bearer key');
  });

  it('are asked for once by callers who come together', async () => {
    const { hub } = hubAnswering(Response.json(token(1)));
    const together = await Promise.all(
      Array.from({ length: 20 }, () => hub.accessToken({ consentId: 'c-1' })),
    );
    expect(new Set(together.map(({ access_token }) => access_token))).toEqual(new Set(['token-1']));
  });

  it('are known by their owner, in any order of its fields', async () => {
    const { hub } = hubAnswering(Response.json(token(1)));
    const { scope, psuRef, brand } = PERSON;
    const [one, other] = await Promise.all([
      hub.accessToken(PERSON),
      hub.accessToken({ scope, psuRef, brand }),
    ]);
    expect(one).toBe(other);
  });

  it('are asked for again shortly before their end, by the name under which the hub knows them', async () => {
    const first = Response.json(token(1, { expires_in: 59 }), { headers: { etag: '"1"' } });
    const { hub, asked } = hubAnswering(first, new Response(null, { status: 304 }), Response.json(token(2)));
    await hub.accessToken(PERSON);
    expect((await hub.accessToken(PERSON)).generation).toBe(1);
    expect((await hub.accessToken(PERSON)).generation).toBe(2);
    expect(asked.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, '"1"', '"1"']);
  });

  it('serve to their end while the hub is away', async () => {
    const { hub } = hubAnswering(
      Response.json(token(1, { expires_in: 30 })),
      new TypeError('fetch failed'),
      problem(503, 'bank_unavailable', { 'retry-after': '1' }),
      problem(429, 'rate_limited', { 'retry-after': '1' }),
    );
    await hub.accessToken(PERSON);
    expect((await hub.accessToken(PERSON)).generation).toBe(1);
    expect((await hub.accessToken(PERSON)).generation).toBe(1);
    expect((await hub.accessToken(PERSON)).generation).toBe(1);
  });

  it('are not kept when the bank may refuse them any moment', async () => {
    const { hub } = hubAnswering(Response.json(token(1, { in_doubt: true })), Response.json(token(2)));
    await hub.accessToken(PERSON);
    expect((await hub.accessToken(PERSON)).generation).toBe(2);
  });

  it('are forgotten once the consent has ended', async () => {
    const { hub } = hubAnswering(
      Response.json(token(1, { expires_in: 30 })),
      problem(409, 'consent_not_live'),
      new TypeError('fetch failed'),
    );
    await hub.accessToken(PERSON);
    await expect(hub.accessToken(PERSON)).rejects.toMatchObject({ code: 'consent_not_live' });
    await expect(hub.accessToken(PERSON)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('make room for newer ones', async () => {
    const hub = new ConsentHub({
      url: 'https://hub.example',
      apiKey: 'key',
      cacheSize: 1,
      fetch: () => Promise.resolve(Response.json(token(++asked))),
    });
    let asked = 0;
    await hub.accessToken({ consentId: 'a' });
    await hub.accessToken({ consentId: 'b' });
    await hub.accessToken({ consentId: 'b' });
    expect(asked).toBe(2);
    await hub.accessToken({ consentId: 'a' });
    expect(asked).toBe(3);
  });
});

describe('a call of the bank', () => {
  it('is made once more with the next token when the bank refuses the first', async () => {
    const { hub, asked } = hubAnswering(Response.json(token(1)), Response.json(token(2)));
    const used: string[] = [];
    const answer = await hub.withAccessToken(PERSON, ({ access_token }) => {
      used.push(access_token);
      return Promise.resolve(new Response(null, { status: used.length === 1 ? 401 : 200 }));
    });
    expect(answer.status).toBe(200);
    expect(used).toEqual(['token-1', 'token-2']);
    expect(asked[1]?.url).toBe('https://hub.example/base/v1/consents/c-1/access-token/rejections');
    expect(await asked[1]?.json()).toEqual({ generation: 1 });
    // The refused one is not handed out again.
    expect((await hub.accessToken(PERSON)).generation).toBe(2);
  });

  it('is reported once by callers who are refused together', async () => {
    const { hub, asked } = hubAnswering(Response.json(token(1)), Response.json(token(2)));
    const first = await hub.accessToken(PERSON);
    const next = await Promise.all(Array.from({ length: 10 }, () => hub.reportRejection(first)));
    expect(new Set(next.map(({ generation }) => generation))).toEqual(new Set([2]));
    expect(asked).toHaveLength(2);
  });

  it('is not repeated for any other refusal', async () => {
    const { hub } = hubAnswering(Response.json(token(1)));
    const answer = await hub.withAccessToken(PERSON, () =>
      Promise.resolve(new Response(null, { status: 403 })),
    );
    expect(answer.status).toBe(403);
  });
});

describe('the other calls', () => {
  it('open a consent under the caller’s key', async () => {
    const { hub, asked } = hubAnswering(Response.json({ id: 'c-2' }, { status: 201 }));
    const wish = { scope: 'CAF', brand: 'banx', psu_ref: 'p', iban: 'BE68539007547034' } as const;
    await hub.openConsent(wish, { idempotencyKey: 'k-1' });
    expect(asked[0]?.headers.get('idempotency-key')).toBe('k-1');
    expect(await asked[0]?.json()).toEqual(wish);
  });

  it('make a link to the pages of a person, once', async () => {
    const link = { url: 'https://hub.example/my/x1', expires_at: '2026-11-22T12:15:00.000Z' };
    const { hub, asked } = hubAnswering(
      Response.json(link, { status: 201 }),
      problem(503, 'database_unavailable', { 'retry-after': '0' }),
    );
    const wish = { psu_ref: 'customer 4711', language: 'de', return_url: 'https://app.example/me' } as const;
    expect(await hub.openPsuSession(wish)).toEqual(link);
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST https://hub.example/base/v1/psu-sessions',
    ]);
    expect(await asked[0]?.json()).toEqual(wish);
    await expect(hub.openPsuSession({ psu_ref: 'p' })).rejects.toMatchObject({ status: 503 });
    expect(asked).toHaveLength(2);
  });

  it('prepare a later authentication of the PSU', async () => {
    const prepared = { redirect_uri: 'https://hub.example/callback/belfius', state: 's', expires_at: 'soon' };
    const { hub, asked } = hubAnswering(Response.json(prepared, { status: 201 }));
    expect(await hub.prepareScaAuthorization('c-1')).toEqual(prepared);
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST https://hub.example/base/v1/consents/c-1/sca-authorizations',
    ]);
    expect(await asked[0]?.text()).toBe('');
  });

  it('report the problem, and when to try again', async () => {
    const { hub } = hubAnswering(problem(429, 'rate_limited', { 'retry-after': '70' }));
    const error = await hub.consent('c').catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(ConsentHubError);
    expect(error).toMatchObject({
      status: 429,
      code: 'rate_limited',
      retryAfterSeconds: 70,
      problem: { action: 'open_consent' },
    });
  });

  it.each(['', '..', '.', 'a/../b', 'a?b', 'a#b'])('go to no path but that of a consent: %p', async (id) => {
    const { hub, asked } = hubAnswering();
    await expect(hub.revokeConsent(id)).rejects.toThrow(TypeError);
    await expect(hub.accessToken({ consentId: id })).rejects.toThrow(TypeError);
    await expect(hub.prepareScaAuthorization(id)).rejects.toThrow(TypeError);
    expect(asked).toEqual([]);
  });

  it('name what answers in the hub’s place', async () => {
    const { hub } = hubAnswering(new Response('<html>', { status: 502 }));
    await expect(hub.consent('c')).rejects.toMatchObject({ status: 502, code: 'unexpected_answer' });
  });
});
