import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CONSENT_ENTITIES, ConsentRepository, PersonEraser } from '@consent-hub/consent';
import { newId } from '@consent-hub/platform';
import {
  createTestDatabase,
  dumpDatabase,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import { DataSource } from 'typeorm';
import { ApiClientService } from './api-client/api-client.service.js';
import { PAGE_TEXTS } from './authorization-callback/page-texts.js';
import { createHub } from './bootstrap.js';
import { CookieBrowser, returnTo } from '../testing/cookie-browser.harness.js';

jest.setTimeout(60_000);

type Setting = 'required' | 'preferred' | 'off';

interface Opened {
  readonly id: string;
  readonly consent_uris: readonly { readonly language: string; readonly uri: string }[];
}

const RETURN_URL = 'https://app.example/done';
const bank = new ScriptedBank();
const hubs = new Map<Setting, NestFastifyApplication>();
let database: TestDatabase;
let dataSource: DataSource;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  for (const setting of ['required', 'preferred', 'off'] as const) {
    const env = hubEnvironment(database.url, {
      HUB_INSTANCE: setting,
      HUB_BIND_BROWSER: setting,
      HUB_PUBLIC_URL: 'https://hub.example',
    });
    const quiet = { logDestination: { write: () => undefined } };
    hubs.set(setting, await createHub(env, { bankClient: bank, ...quiet }));
  }
  const clients = hub().get(ApiClientService);
  const permissions = ['consents:read', 'consents:write'] as const;
  key = (await clients.create({ name: 'platform', permissions: [...permissions] })).key.reveal();
});
afterAll(async () => {
  for (const one of hubs.values()) await one.close();
  await database.drop();
});

function hub(setting: Setting = 'preferred'): NestFastifyApplication {
  const found = hubs.get(setting);
  if (!found) throw new Error('There is no such hub');
  return found;
}

const authorization = () => ({ authorization: `Bearer ${key}` });
const post = (wish: object, setting?: Setting, headers: object = {}) =>
  hub(setting).inject({
    method: 'POST',
    url: '/v1/consents',
    payload: { scope: 'AIS', brand: 'belfius', psu_ref: newId(), ...wish },
    headers: { ...authorization(), ...headers },
  });
const open = async (wish: object = { return_url: RETURN_URL }, setting?: Setting): Promise<Opened> => {
  const answer = await post(wish, setting);
  if (answer.statusCode !== 201) throw new Error(`The hub answered ${answer.statusCode}: ${answer.body}`);
  return answer.json();
};
const linkOf = ({ consent_uris }: Opened, at = 0): string => consent_uris[at]?.uri ?? '';
const events = async (id: string): Promise<{ type: string; actor: string }[]> =>
  (await hub().inject({ method: 'GET', url: `/v1/consents/${id}/events`, headers: authorization() })).json<{
    items: { type: string; actor: string }[];
  }>().items;
const stateOf = async (id: string): Promise<string | undefined> =>
  (await dataSource.query<{ state: string }[]>('SELECT state FROM hub.consent WHERE id = $1', [id]))[0]
    ?.state;

class TestBrowser extends CookieBrowser {
  constructor(headers?: Record<string, string>) {
    super(hub(), headers);
  }
}

describe('a link that begins at the start page', () => {
  it('holds neither the state nor the address of the bank', async () => {
    const opened = await open();
    expect(opened.consent_uris).toEqual([
      { language: 'fr', uri: `https://hub.example/start/${opened.id}?language=fr` },
      { language: 'nl', uri: `https://hub.example/start/${opened.id}?language=nl` },
    ]);
  });

  it('leads to the bank in its language, with a cookie for this consent, and is not to be remembered', async () => {
    const opened = await open();
    const answer = await new TestBrowser().visit(linkOf(opened, 1));
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toMatch(/^https:\/\/bank\.example\/nl\?apptoken=x&state=[\w-]{43}$/);
    expect(answer.headers).toMatchObject({
      'set-cookie': expect.stringMatching(
        new RegExp(`^__Host-consent-${opened.id}=[\\w-]{43}; Path=/; .*HttpOnly; SameSite=Lax; Secure$`),
      ),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    expect(answer.body).toBe('');
  });

  it.each([
    ['?language=fr', 'nl', 'fr'],
    ['', 'nl-BE, fr;q=0.5', 'nl'],
    ['?language=de', 'nl', 'nl'],
    ['?language=nl&language=fr', 'de', 'fr'],
    ['', 'de', 'fr'],
  ])('leads with %j and a browser that likes %s to the screens in %s', async (query, liked, language) => {
    const { id } = await open();
    const answer = await new TestBrowser({ 'accept-language': liked }).visit(`/start/${id}${query}`);
    expect(answer.headers.location).toMatch(new RegExp(`^https://bank\\.example/${language}\\?`));
  });

  it('redirects to no other address, with any query', async () => {
    const { id } = await open();
    const query = 'language=fr&uri=https://evil.example/&return_url=https://evil.example/';
    const { headers } = await new TestBrowser().visit(`/start/${id}?${query}`);
    expect(headers.location).toMatch(/^https:\/\/bank\.example\/fr\?/);
  });

  it('is finished by the browser that opened it', async () => {
    const opened = await open();
    const browser = new TestBrowser();
    const answer = await browser.visit(await browser.start(linkOf(opened)));
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe(`${RETURN_URL}?consent_id=${opened.id}&consent_state=active`);
  });

  it('is opened and finished also with a slash after its path', async () => {
    const opened = await open();
    const browser = new TestBrowser();
    const back = await browser.start(linkOf(opened).replace('?', '/?'));
    const answer = await browser.visit(back.replace('/belfius?', '/belfius/?'));
    expect(answer.headers.location).toBe(`${RETURN_URL}?consent_id=${opened.id}&consent_state=active`);
  });

  it('has one outcome, however often it is brought', async () => {
    const opened = await open();
    const browser = new TestBrowser();
    const back = await browser.start(linkOf(opened));
    let grant = (): void => undefined;
    const granted = new Promise<void>((resolve) => (grant = resolve));
    const spent = bank.requests.length;
    bank.next(async () => granted.then(() => bank.rotate()));
    const first = browser.visit(back);
    while (bank.requests.length === spent) await stateOf(opened.id);
    const second = browser.visit(back);
    await stateOf(opened.id);
    grant();
    const answers = [await first, await second, await browser.visit(back)];
    const there = `${RETURN_URL}?consent_id=${opened.id}&consent_state=active`;
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers.location])).toEqual(
      Array(3).fill([303, there]),
    );
    expect(bank.requests).toHaveLength(spent + 1);
  });

  it('has a button to the application when it was replaced or has expired', async () => {
    const psu_ref = newId();
    const older = await open({ psu_ref, return_url: RETURN_URL });
    const browser = new TestBrowser();
    const back = await browser.start(linkOf(older));
    await open({ psu_ref, return_url: RETURN_URL });
    const answer = await browser.visit(back);
    expect(answer.statusCode).toBe(410);
    expect(answer.body).toContain(PAGE_TEXTS.nl.replaced.title);
    expect(answer.body).toContain(`href="${RETURN_URL}?consent_id=${older.id}&amp;consent_state=expired`);
  });

  it('can be opened again, and its earlier opening be finished', async () => {
    const opened = await open();
    const browser = new TestBrowser();
    const back = await browser.start(linkOf(opened));
    await browser.start(linkOf(opened, 1));
    expect((await browser.visit(back)).statusCode).toBe(303);
  });

  it('does not disturb another one in the same browser', async () => {
    const [one, two] = [await open(), await open()];
    const browser = new TestBrowser();
    const backs = [await browser.start(linkOf(one)), await browser.start(linkOf(two))];
    for (const back of backs) expect((await browser.visit(back)).statusCode).toBe(303);
    expect(await Promise.all([one, two].map(({ id }) => stateOf(id)))).toEqual(['active', 'active']);
  });

  it('is the same when the call that opened it is repeated', async () => {
    const wish = { psu_ref: newId(), return_url: RETURN_URL };
    const named = { 'idempotency-key': 'order-1' };
    const [first, second] = [await post(wish, 'preferred', named), await post(wish, 'off', named)];
    expect(second.body).toBe(first.body);
    expect(linkOf(first.json())).toContain('/start/');
  });
});

describe('a return in another browser', () => {
  it('is refused with an explanation, spends nothing, and is noted once', async () => {
    const opened = await open({ return_url: RETURN_URL, language: 'fr' });
    const [mine, yours] = [new TestBrowser(), new TestBrowser()];
    const back = await mine.start(linkOf(opened));
    const asked = bank.requests.length;
    for (let reload = 1; reload <= 3; reload++) {
      const answer = await yours.visit(back);
      expect(answer.statusCode).toBe(403);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.body).toContain(PAGE_TEXTS.fr.browser_not_bound.title);
      expect(answer.body).toContain('<meta name="outcome" content="browser_not_bound"');
    }
    expect(bank.requests).toHaveLength(asked);
    expect(await stateOf(opened.id)).toBe('initiated');
    expect((await events(opened.id)).map(({ type, actor }) => [type, actor])).toEqual([
      ['opened', expect.stringMatching(/^client:/)],
      ['browser_not_bound', 'hub:callback'],
    ]);

    expect((await mine.visit(back)).statusCode).toBe(303);
    expect(await stateOf(opened.id)).toBe('active');
  });

  it('is noted once when many arrive together', async () => {
    const opened = await open();
    const back = await new TestBrowser().start(linkOf(opened));
    const answers = await Promise.all(Array.from({ length: 10 }, () => new TestBrowser().visit(back)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([403]));
    expect((await events(opened.id)).map(({ type }) => type)).toEqual(['opened', 'browser_not_bound']);
  });

  it('ends no consent by an error either', async () => {
    const opened = await open();
    const back = await new TestBrowser().start(linkOf(opened));
    const refusal = back.replace(/code=[^&]*/, 'error=access_denied');
    expect((await new TestBrowser().visit(refusal)).statusCode).toBe(403);
    expect(await stateOf(opened.id)).toBe('initiated');
  });

  it('learns nothing of the result, and is not sent to the application', async () => {
    const opened = await open();
    const mine = new TestBrowser();
    const back = await mine.start(linkOf(opened));
    await mine.visit(back);
    const answer = await new TestBrowser().visit(back);
    expect(answer.statusCode).toBe(409);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.body).toContain(PAGE_TEXTS.nl.used.title);
    expect(answer.body).not.toContain(opened.id);
  });
});

describe('a start page that has nothing to lead to', () => {
  const ended = {
    'was never made': () => Promise.resolve(`/start/${newId()}`),
    'is named by no id': () => Promise.resolve('/start/nothing'),
    'was used': async () => {
      const link = linkOf(await open());
      const browser = new TestBrowser();
      await browser.visit(await browser.start(link));
      return link;
    },
    'was replaced': async () => {
      const psu_ref = newId();
      const link = linkOf(await open({ psu_ref, return_url: RETURN_URL }));
      await open({ psu_ref, return_url: RETURN_URL });
      return link;
    },
    'has expired': async () => {
      const opened = await open();
      await dataSource.query(`UPDATE hub.consent SET link_expires_at = now() WHERE id = $1`, [opened.id]);
      return linkOf(opened);
    },
    'was given out as a link of the bank': async () => `/start/${(await open({})).id}`,
  };

  it.each(Object.entries(ended))('explains a link that %s, and sets no cookie', async (_what, given) => {
    const link = await given();
    const answer = await new TestBrowser().visit(link.replace('language=fr', 'language=nl'));
    const nothing = await new TestBrowser().visit('/start/nothing');
    expect(answer.statusCode).toBe(404);
    expect(answer.body).toContain(PAGE_TEXTS.nl.no_link.title);
    expect(answer.body).toBe(nothing.body);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it.each(['HEAD', 'POST'] as const)('refuses %s', async (method) => {
    const { id } = await open();
    const answer = await hub().inject({ method, url: `/start/${id}` });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });
});

describe('the setting', () => {
  const isStart = (uri: string): boolean => uri.startsWith('https://hub.example/start/');

  it.each([
    ['required', true, true],
    ['preferred', true, false],
    ['off', false, false],
  ] as const)('%s: start page with a return_url %s, without %s', async (setting, withUrl, without) => {
    expect(isStart(linkOf(await open({ return_url: RETURN_URL }, setting)))).toBe(withUrl);
    expect(isStart(linkOf(await open({}, setting)))).toBe(without);
  });

  it('off: any browser finishes', async () => {
    const opened = await open({ return_url: RETURN_URL }, 'off');
    expect((await new TestBrowser().visit(returnTo(linkOf(opened)))).statusCode).toBe(303);
  });

  it('is that of the opening: a link that was bound stays so', async () => {
    const opened = await open({}, 'required');
    const back = await new TestBrowser().start(linkOf(opened));
    expect((await hub('off').inject({ method: 'GET', url: back })).statusCode).toBe(403);
  });

  it('required: opens no payment, whose link the hub does not know', async () => {
    const psu_ref = newId();
    const answer = await post({ scope: 'PIS', psu_ref }, 'required');
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'payment_not_bound' });
    expect(await dataSource.query('SELECT 1 FROM hub.consent WHERE psu_ref = $1', [psu_ref])).toEqual([]);
  });

  it('preferred: lets a payment come back in any browser', async () => {
    const answer = await post({ scope: 'PIS', return_url: RETURN_URL });
    const { id, payment_authorization } = answer.json<{
      id: string;
      payment_authorization: { state: string };
    }>();
    const back = `/callback/belfius?code=c&state=${payment_authorization.state}`;
    expect((await new TestBrowser().visit(back)).headers.location).toMatch(`consent_id=${id}`);
  });
});

describe('what the start page needs', () => {
  it('is stored sealed, the key of the browser as its hash', async () => {
    const opened = await open();
    const { headers } = await new TestBrowser().visit(linkOf(opened));
    const [, cookie = ''] = /=([\w-]{43});/.exec(String(headers['set-cookie'])) ?? [];
    const state = new URL(headers.location ?? '').searchParams.get('state') ?? '';
    const dump = await dumpDatabase(database.url);
    for (const secret of [cookie, state]) {
      expect(secret).toHaveLength(43);
      expect(dump).not.toContain(secret);
      expect(dump).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  const columns = async (id: string) =>
    (
      await dataSource.query<object[]>(
        `SELECT link_start IS NULL AS is_gone, browser_key_hash IS NULL AS is_free FROM hub.consent WHERE id = $1`,
        [id],
      )
    )[0];

  it('goes with the link: it is used, refused, replaced or runs out', async () => {
    const psu_ref = newId();
    const replaced = await open({ psu_ref, return_url: RETURN_URL });
    const used = await open({ psu_ref, return_url: RETURN_URL });
    const refused = await open();
    const late = await open();
    expect(await columns(used.id)).toEqual({ is_gone: false, is_free: false });
    const browser = new TestBrowser();
    await browser.visit(await browser.start(linkOf(used)));
    await browser.visit((await browser.start(linkOf(refused))).replace(/code=[^&]*/, 'error=access_denied'));
    const back = await browser.start(linkOf(late));
    await dataSource.query(`UPDATE hub.consent SET link_expires_at = now() WHERE id = $1`, [late.id]);
    expect((await browser.visit(back)).statusCode).toBe(410);
    for (const { id } of [replaced, used, refused, late])
      expect(await columns(id)).toEqual({ is_gone: true, is_free: false });
  });

  it('is forgotten with its person, and the state is unknown from then on', async () => {
    const psuRef = newId();
    const opened = await open({ psu_ref: psuRef, return_url: RETURN_URL });
    const browser = new TestBrowser();
    const back = await browser.start(linkOf(opened));
    await browser.visit(back);
    const eraser = new PersonEraser(dataSource, new ConsentRepository(dataSource));
    await eraser.erase({ psuRef, mayEnd: true, actor: 'hub:test' });
    expect(await columns(opened.id)).toEqual({ is_gone: true, is_free: true });
    expect((await browser.visit(back)).statusCode).toBe(404);
  });
});
