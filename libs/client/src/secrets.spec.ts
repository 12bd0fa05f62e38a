import { inspect } from 'node:util';
import { ConsentHub } from './index.js';

const KEY = 'ch_the-key-of-the-service';
const TOKEN = 'the-access-token';
const hubAnswering = (answer: () => Response | Promise<Response>): ConsentHub =>
  new ConsentHub({ url: 'https://hub.example', apiKey: KEY, fetch: async () => answer() });
const printed = (value: unknown): string =>
  `${inspect(value, { depth: 10, showHidden: true })} ${JSON.stringify(value)} ${String(value)}`;
const failureOf = (call: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(call)
    .then(
      () => {
        throw new Error('it was served');
      },
      (error: unknown) => error,
    );

describe('the client', () => {
  it('shows neither its key nor a token that it holds', async () => {
    const hub = hubAnswering(() =>
      Response.json({ consent_id: 'c', access_token: TOKEN, generation: 1, expires_in: 3600 }),
    );
    await hub.accessToken({ consentId: 'c' });
    expect(printed(hub)).toContain('ConsentHub');
    expect(printed(hub)).not.toContain(KEY);
    expect(printed(hub)).not.toContain(TOKEN);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['is cut short', () => new Response(`{"access_token":"${TOKEN}","gener`)],
    ['is no JSON', () => new Response(TOKEN)],
    ['is a list', () => Response.json([TOKEN])],
    ['holds no token', () => Response.json({ accessToken: TOKEN })],
    ['is another’s', () => new Response(TOKEN, { status: 502 })],
    ['does not come', () => Promise.reject(new TypeError('fetch failed'))],
  ])('repeats no secret when an answer %s', async (_fault, answer) => {
    const error = await failureOf(() => hubAnswering(answer).accessToken({ consentId: 'c' }));
    expect(error).toMatchObject({ code: expect.stringMatching(/^(unexpected_answer|unreachable)$/) });
    expect(printed(error)).not.toContain(TOKEN);
    expect(printed(error)).not.toContain(KEY);
  });

  it.each([
    ['', 'https://hub.example'],
    [`${KEY}\n`, 'https://hub.example'],
    [`${KEY} ${KEY}`, 'https://hub.example'],
    [KEY, 'hub.example'],
    [KEY, `https://user:${TOKEN}@hub.example`],
    [KEY, `https://hub.example/?key=${TOKEN}`],
    [KEY, 'ftp://hub.example'],
  ])('is not made with the key %j and the URL %s, and does not repeat them', async (apiKey, url) => {
    const error = await failureOf(() => new ConsentHub({ apiKey, url }));
    expect(error).toBeInstanceOf(TypeError);
    expect(printed(error)).not.toContain(KEY);
    expect(printed(error)).not.toContain(TOKEN);
  });
});
