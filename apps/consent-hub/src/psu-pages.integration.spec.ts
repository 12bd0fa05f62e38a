import { dumpDatabase } from '@consent-hub/testing';
import { newId, type Caller } from '@consent-hub/platform';
import { AdminHub } from '../testing/admin-hub.harness.js';
import { MyBrowser } from '../testing/my-browser.harness.js';
import { ApiClientService } from './api-client/api-client.service.js';

jest.setTimeout(60_000);

let hub: AdminHub;
let platformKey: string;
let platform: Caller;

beforeAll(async () => {
  hub = await AdminHub.start();
  const clients = new ApiClientService(hub.dataSource);
  const made = await clients.create({ name: 'platform', permissions: ['consents:write', 'consents:read'] });
  platformKey = made.key.reveal();
  platform = { ...hub.owner, id: made.client.id };
});
afterAll(() => hub.close());
afterEach(() => jest.restoreAllMocks());

const linkFor = async (psuRef: string, more: object = {}): Promise<string> => {
  const { status, body } = await hub.call(
    'POST',
    '/v1/psu-sessions',
    { psu_ref: psuRef, ...more },
    platformKey,
  );
  expect(status).toBe(201);
  return new URL(body['url'] as string).pathname;
};
/** A browser on the person's page. */
const onPage = async (psuRef: string, more: object = {}): Promise<MyBrowser> => {
  const browser = new MyBrowser(hub.hub.url);
  await browser.visit(await linkFor(psuRef, more));
  return browser.send(browser.url, {});
};
const live = (psuRef: string, wanted: object = {}) => hub.given.live(platform, { psuRef, ...wanted });
const endsIn = (id: string, days: number) =>
  hub.dataSource.query(
    `UPDATE hub.consent SET consent_expires_at = now() + make_interval(days => $2) WHERE id = $1`,
    [id, days],
  );
const stateOf = async (id: string) => {
  const consent = await hub.given.consents.find(id);
  return [consent?.state, consent?.stateReason];
};
const sessionOf = async (psuRef: string, change: string): Promise<void> => {
  await hub.dataSource.query(`UPDATE hub.psu_session SET ${change} WHERE psu_ref = $1`, [psuRef]);
};

describe('a link to the person’s page', () => {
  it('is returned once, works for 15 minutes, and is not stored', async () => {
    const { body } = await hub.call('POST', '/v1/psu-sessions', { psu_ref: newId() }, platformKey);
    const { url, expires_at } = body as { url: string; expires_at: string };
    expect(url).toMatch(/\/my\/[\w-]{43}$/);
    expect(Math.abs(Date.parse(expires_at) - Date.now() - 900_000)).toBeLessThan(10_000);
    const token = url.slice(-43);
    const dump = await dumpDatabase(hub.database.url);
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(Buffer.from(token).toString('hex'));
  });

  it('opens the page once, by its button, and programs that fetch it do not use it up', async () => {
    const psuRef = newId();
    await live(psuRef);
    const link = await linkFor(psuRef);
    const scanner = new MyBrowser(hub.hub.url);
    for (let visits = 0; visits < 3; visits++) expect((await scanner.visit(link)).outcome).toBe('link');
    expect((await fetch(hub.hub.url + link, { method: 'HEAD' })).status).toBe(200);
    const browser = await new MyBrowser(hub.hub.url).visit(link);
    await browser.send(link, {});
    expect([browser.status, browser.outcome]).toEqual([200, 'list']);
    const late = await scanner.send(link, {});
    expect([late.status, late.outcome]).toEqual([410, 'link_used']);
    expect((await scanner.visit(link)).outcome).toBe('link_used');
  });

  it('opened again in its own browser leads to the page', async () => {
    const link = await linkFor(newId());
    const browser = await new MyBrowser(hub.hub.url).visit(link);
    await browser.send(link, {});
    expect((await browser.visit(link)).outcome).toBe('list');
  });

  it('opens for one of two who come at once', async () => {
    const link = await linkFor(newId());
    const browsers = [1, 2, 3, 4].map(() => new MyBrowser(hub.hub.url));
    await Promise.all(browsers.map((browser) => browser.send(link, {})));
    expect(browsers.map(({ outcome }) => outcome).sort()).toEqual([
      'link_used',
      'link_used',
      'link_used',
      'list',
    ]);
  });

  it.each([
    ['that has expired', `link_expires_at = now()`, 410, 'link_expired'],
    ['that was used elsewhere', `opened_at = now(), seen_at = now(), ends_at = now()`, 410, 'link_used'],
  ])('%s says so, and opens nothing', async (_which, change, status, outcome) => {
    const psuRef = newId();
    const link = await linkFor(psuRef, { language: 'nl' });
    await sessionOf(psuRef, change);
    const browser = new MyBrowser(hub.hub.url);
    await browser.visit(link);
    expect([browser.status, browser.outcome]).toEqual([status, outcome]);
    expect(browser.body).toContain('<html lang="nl">');
    await browser.send(link, {});
    expect([browser.status, browser.outcome]).toEqual([status, outcome]);
    expect((await browser.visit('/my')).outcome).toBe('session_over');
  });

  it('is found with a slash at its end, too', async () => {
    const link = await linkFor(newId());
    const browser = await new MyBrowser(hub.hub.url).visit(`${link}/`);
    expect(browser.outcome).toBe('link');
    await browser.send(link, {});
    expect((await browser.visit('/my/?q=x')).outcome).toBe('list');
  });

  it.each(['/my/no-such-token', `/my/${'x'.repeat(43)}`])('that never was is unknown: %s', async (path) => {
    const browser = await new MyBrowser(hub.hub.url).visit(path);
    expect([browser.status, browser.outcome]).toEqual([404, 'link_unknown']);
  });

  it('is not opened by a form of another site', async () => {
    const link = await linkFor(newId());
    const browser = await new MyBrowser(hub.hub.url).send(link, {}, { 'sec-fetch-site': 'cross-site' });
    expect([browser.status, browser.outcome]).toEqual([403, 'forged']);
    expect((await browser.visit(link)).outcome).toBe('link');
  });

  it('is not made for an address that its client may not send persons to', async () => {
    const allowed = 'https://app.example/settings';
    const key = await hub.keyOf(`bound-${newId()}`, ['consents:write'], { returnUrls: [allowed] });
    const ask = (return_url: string) =>
      hub.call('POST', '/v1/psu-sessions', { psu_ref: newId(), return_url }, key);
    expect((await ask('https://evil.example/')).body).toMatchObject({
      status: 422,
      code: 'return_url_not_allowed',
    });
    expect((await ask(allowed)).status).toBe(201);
  });
});

describe('a session', () => {
  it.each([
    ['after 30 minutes without a page', `seen_at = now() - interval '31 minutes'`],
    ['after 8 hours', `ends_at = now()`],
  ])('ends %s', async (_when, change) => {
    const psuRef = newId();
    const browser = await onPage(psuRef);
    expect((await browser.visit('/my')).outcome).toBe('list');
    await sessionOf(psuRef, change);
    await browser.visit('/my');
    expect([browser.status, browser.outcome]).toEqual([403, 'session_over']);
  });

  it('ends when the person signs out, and when its API client is revoked', async () => {
    const browser = await onPage(newId());
    const cookie = browser.cookieHeader;
    expect((await browser.send('/my/sign-out')).outcome).toBe('signed_out');
    expect(browser.cookieHeader).toBe('');
    expect((await browser.visit('/my', { cookie })).outcome).toBe('session_over');

    const { key, client } = await hub.clients.create({
      name: `gone-${newId()}`,
      permissions: ['consents:write'],
    });
    const { body } = await hub.call('POST', '/v1/psu-sessions', { psu_ref: newId() }, key.reveal());
    const other = new MyBrowser(hub.hub.url);
    await other.send(new URL(body['url'] as string).pathname, {});
    expect(other.outcome).toBe('list');
    await hub.dataSource.query(`UPDATE hub.api_client SET revoked_at = now() WHERE id = $1`, [client.id]);
    expect((await other.visit('/my')).outcome).toBe('session_over');
  });

  it('has a cookie that no script reads and no other site sends along', async () => {
    const link = await linkFor(newId());
    const { headers } = await fetch(hub.hub.url + link, { method: 'POST', redirect: 'manual' });
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^my-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
  });

  it('shows what its client opened for this person, and nothing of others', async () => {
    const [psuRef, someoneElse] = [newId(), newId()];
    const own = await live(psuRef, { purpose: 'The budget of mine' });
    const foreign = [
      await live(someoneElse, { purpose: 'Of another person' }),
      await hub.given.live(hub.owner, { psuRef, brand: 'banx', purpose: 'Of another client' }),
    ];
    const browser = await onPage(psuRef);
    expect(browser.text).toContain('The budget of mine');
    expect(browser.text).not.toMatch(/Of another person|Of another client/);
    expect((await browser.visit(`/my/consents/${own}`)).outcome).toBe('detail');
    const { formToken } = browser;
    for (const id of [...foreign, newId(), 'not-an-id']) {
      for (const path of ['', '/stop', '/stopped', '/renew']) {
        await browser.visit(`/my/consents/${id}${path}`);
        expect([path, browser.status, browser.outcome]).toEqual([path, 404, 'not_found']);
      }
      for (const path of ['stop', 'renew']) {
        await browser.send(`/my/consents/${id}/${path}`, { form_token: formToken });
        expect([browser.status, browser.outcome]).toEqual([404, 'not_found']);
      }
      expect((await browser.visit(`/my/returned?consent_id=${id}`)).outcome).toBe('not_found');
      expect((await browser.visit(`/my/renewals/${id}`)).outcome).toBe('not_found');
    }
    for (const id of foreign) expect((await stateOf(id))[0]).toBe('active');
  });

  it('never shows an IBAN but for its last four characters, nor any secret', async () => {
    const psuRef = newId();
    const iban = 'BE83063154780915';
    const id = await live(psuRef, { scope: 'CAF', iban });
    const browser = await onPage(psuRef);
    for (const path of ['/my', `/my/consents/${id}`, `/my/consents/${id}/stop`]) {
      await browser.visit(path);
      expect(browser.text).toContain('0915');
      expect(browser.body).not.toMatch(/BE83|06315478|access-1|refresh-1/);
      expect(browser.body).not.toContain(psuRef);
    }
  });

  it('follows no request without the token of its own forms, and changes nothing', async () => {
    const psuRef = newId();
    const id = await live(psuRef);
    await endsIn(id, 5);
    const browser = await onPage(psuRef);
    const foreignToken = (await onPage(newId())).formToken;
    const { formToken } = browser;
    const before = await dumpDatabase(hub.database.url);
    const seen = (dump: string) => dump.replace(/ seen_at=.*?(?= ends_at=)/g, '');
    for (const act of [`consents/${id}/stop`, `consents/${id}/renew`, 'language', 'sign-out']) {
      for (const [fields, headers] of [
        [{}, {}],
        [{ form_token: '' }, {}],
        [{ form_token: `${formToken}x` }, {}],
        [{ form_token: foreignToken }, {}],
        [{ form_token: formToken }, { 'sec-fetch-site': 'cross-site' }],
        [{ form_token: formToken }, { 'sec-fetch-site': 'same-site' }],
      ] as [Record<string, string>, Record<string, string>][]) {
        await browser.send(`/my/${act}`, { language: 'fr', ...fields }, headers);
        expect([act, fields, browser.status, browser.outcome]).toEqual([act, fields, 403, 'forged']);
      }
    }
    expect(seen(await dumpDatabase(hub.database.url))).toBe(seen(before));
  });

  it('leads back where its link says and nowhere else', async () => {
    const browser = await onPage(newId(), { return_url: 'https://app.example/settings?a=b&c' });
    expect(browser.body).toContain('href="https://app.example/settings?a=b&amp;c"');
    await browser.visit('/my?return_url=https://evil.example/');
    expect([browser.status, browser.outcome]).toEqual([400, 'elsewhere']);
    expect(browser.body).not.toContain('evil.example');
    await browser.visit('/my');
    for (const page of ['https://evil.example/', '//evil.example', '/docs', '/my/../docs']) {
      const { formToken: form_token } = browser;
      await browser.send('/my/language', { form_token, language: 'de', page });
      expect([browser.status, browser.outcome, browser.url]).toEqual([200, 'list', '/my']);
    }
  });

  it('speaks the language of its link, of the browser, or the one that the person chooses', async () => {
    const psuRef = newId();
    expect((await onPage(psuRef)).body).toContain('<html lang="en">');
    const browser = await onPage(psuRef, { language: 'de' });
    expect(browser.body).toContain('<html lang="de">');
    await browser.send('/my/language', { form_token: browser.formToken, language: 'fr', page: '/my/ended' });
    expect([browser.url, browser.outcome]).toEqual(['/my/ended', 'ended']);
    expect(browser.body).toContain('<html lang="fr">');
    await browser.send('/my/language', { form_token: browser.formToken, language: 'es', page: '/my' });
    expect(browser.body).toContain('<html lang="fr">');
  });

  it('is deleted with its link a day after its end, and with its person', async () => {
    const [old, erased, fresh] = [newId(), newId(), newId()];
    await live(erased);
    for (const psuRef of [old, erased, fresh]) await onPage(psuRef);
    await sessionOf(old, `forget_at = now()`);
    const { PsuSessionExpiryJob } = await import('./psu-pages/psu-session-expiry.job.js');
    await hub.hub.app.get(PsuSessionExpiryJob, { strict: false }).run();
    await hub.call('POST', '/v1/erasures', { psu_ref: erased, revoke: true });
    const left = await hub.dataSource.query<{ psu_ref: string }[]>(
      `SELECT psu_ref FROM hub.psu_session WHERE psu_ref = ANY ($1)`,
      [[old, erased, fresh]],
    );
    expect(left).toEqual([{ psu_ref: fresh }]);
  });

  it('answers on a page when the hub itself fails, and says nothing of why', async () => {
    const browser = await onPage(newId());
    const { PersonConsents } = await import('@consent-hub/consent');
    jest
      .spyOn(hub.hub.app.get(PersonConsents, { strict: false }), 'connected')
      .mockRejectedValue(new Error('the database said: secret'));
    await browser.visit('/my');
    expect([browser.status, browser.outcome]).toEqual([500, 'broken']);
    expect(browser.body).not.toContain('secret');
  });
});
