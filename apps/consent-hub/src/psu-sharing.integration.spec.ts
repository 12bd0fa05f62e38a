import { newId, type Caller } from '@consent-hub/platform';
import { BankError } from '@consent-hub/bank-client';
import { AdminHub } from '../testing/admin-hub.harness.js';
import { MyBrowser } from '../testing/my-browser.harness.js';

jest.setTimeout(60_000);

let hub: AdminHub;
let platformKey: string;
let platform: Caller;

beforeAll(async () => {
  hub = await AdminHub.start();
  const made = await hub.clients.create({ name: 'platform', permissions: ['consents:write'] });
  platformKey = made.key.reveal();
  platform = { ...hub.owner, id: made.client.id };
});
afterAll(() => hub.close());
afterEach(() => jest.restoreAllMocks());

const onPage = async (psuRef: string, more: object = {}): Promise<MyBrowser> => {
  const { body } = await hub.call('POST', '/v1/psu-sessions', { psu_ref: psuRef, ...more }, platformKey);
  const browser = new MyBrowser(hub.hub.url);
  return browser.send(new URL(body['url'] as string).pathname, {});
};
const live = (psuRef: string, wanted: object = {}) => hub.given.live(platform, { psuRef, ...wanted });
const endsIn = (id: string, days: number) =>
  hub.dataSource.query(
    `UPDATE hub.consent SET consent_expires_at = now() + make_interval(days => $2) WHERE id = $1`,
    [id, days],
  );
const find = async (id: string) => {
  const consent = await hub.given.consents.find(id);
  if (!consent) throw new Error('no such consent');
  return consent;
};
const accounts = (id: string, ...ibans: string[]) =>
  hub.dataSource.transaction((tx) =>
    hub.given.consents.replaceAccounts(
      tx,
      id,
      ibans.map((iban, at) => ({ iban, logicalId: `logical-${at}` })),
    ),
  );
const end = (id: string, reason: 'withdrawn_at_bank' | 'withdrawn_by_tpp') =>
  hub.dataSource.transaction((tx) =>
    hub.given.consents.move(tx, id, { to: 'revoked', data: { reason }, actor: 'psu' }),
  );

describe('stopping', () => {
  it('ends the access at once, in two clicks from the list, and says so', async () => {
    const psuRef = newId();
    const id = await live(psuRef);
    const browser = await onPage(psuRef);
    expect(browser.body).toContain(`href="/my/consents/${id}/stop"`);
    expect((await browser.visit(`/my/consents/${id}/stop`)).outcome).toBe('stop');
    expect(await find(id)).toMatchObject({ state: 'active' });
    expect((await browser.send(`/my/consents/${id}/stop`)).outcome).toBe('stopped');
    const { state, stateReason, tokenPair } = await find(id);
    expect([state, stateReason, tokenPair?.accessToken, tokenPair?.refreshToken]).toEqual([
      'revoked',
      'withdrawn_by_psu',
      null,
      null,
    ]);
    expect((await hub.given.consents.events(id)).at(-1)).toMatchObject({ actor: 'psu' });
    expect((await browser.visit('/my')).text).toContain('Stopped by you');
  });

  it('twice changes nothing more', async () => {
    const psuRef = newId();
    const id = await live(psuRef);
    const browser = await onPage(psuRef);
    await browser.visit(`/my/consents/${id}/stop`);
    const { formToken: form_token } = browser;
    for (let times = 0; times < 2; times++)
      expect((await browser.send(`/my/consents/${id}/stop`, { form_token })).outcome).toBe('stopped');
    const ends = (await hub.given.consents.events(id)).filter(({ toState }) => toState === 'revoked');
    expect(ends).toHaveLength(1);
  });

  it('is refused with a reason while the access is being set up', async () => {
    const psuRef = newId();
    const id = await hub.given.authorized(platform, { psuRef });
    const browser = await onPage(psuRef);
    expect(browser.text).toContain('Being set up');
    const { formToken: form_token } = browser;
    await browser.send(`/my/consents/${id}/stop`, { form_token });
    expect([browser.status, browser.outcome]).toEqual([409, 'not_stoppable']);
    expect(await find(id)).toMatchObject({ state: 'authorized' });
  });
});

describe('renewing', () => {
  /** Up to the start page of the hub. @returns the consent that waits */
  const goToBank = async (browser: MyBrowser, id: string): Promise<string> => {
    expect((await browser.visit(`/my/consents/${id}/renew`)).outcome).toBe('renew');
    expect((await browser.send(`/my/consents/${id}/renew`)).outcome).toBe('going_on');
    return browser.url.split('/').at(-1) ?? '';
  };
  /** At the bank. @returns the answer of the callback, or the page to which it led */
  const comeBack = async (browser: MyBrowser, id: string, query: string): Promise<MyBrowser> => {
    await browser.visit(`/start/${id}?language=fr`);
    const state = new URL(browser.headers.get('location') ?? '').searchParams.get('state') ?? '';
    await browser.visit(`/callback/belfius?${query}&state=${state}`);
    const back = browser.headers.get('location') ?? '';
    expect(back).toContain(`/my/returned?consent_id=${id}`);
    const { pathname, search } = new URL(back);
    return browser.visit(pathname + search);
  };

  it('is offered in the last 14 days, for what can be renewed', async () => {
    const psuRef = newId();
    const [accountsId, funds, payments] = [
      await live(psuRef),
      await live(psuRef, { scope: 'CAF', iban: 'BE83063154780915' }),
      await live(psuRef, { scope: 'PIS' }),
    ];
    for (const id of [accountsId, funds, payments]) await endsIn(id, 15);
    const browser = await onPage(psuRef);
    expect(browser.body).not.toContain('/renew"');
    for (const id of [accountsId, funds, payments]) await endsIn(id, 14);
    await browser.visit('/my');
    expect(browser.body).toContain(`/my/consents/${accountsId}/renew"`);
    expect(browser.body).toContain(`/my/consents/${funds}/renew"`);
    const { formToken: form_token } = browser;
    await browser.send(`/my/consents/${payments}/renew`, { form_token });
    expect([browser.status, browser.outcome]).toEqual([409, 'not_renewable']);
    await endsIn(accountsId, 15);
    await browser.send(`/my/consents/${accountsId}/renew`, { form_token });
    expect(browser.outcome).toBe('not_renewable');
  });

  it('opens the same access anew, and the old one stays until the new one is there', async () => {
    const psuRef = newId();
    const id = await live(psuRef, { purpose: 'Your budget', language: 'nl' });
    await accounts(id, 'BE68539007547034');
    await endsIn(id, 5);
    const browser = await onPage(psuRef, { language: 'fr' });
    const next = await goToBank(browser, id);
    expect(browser.body).toContain(`content="0; url=/start/${next}?language=fr"`);
    expect(await find(next)).toMatchObject({
      ...{ state: 'initiated', scope: 'AIS', brand: 'belfius', psuRef, purpose: 'Your budget' },
      ...{ language: 'fr', openedBy: platform.id },
    });
    expect((await hub.given.consents.events(next))[0]).toMatchObject({ type: 'opened', actor: 'psu' });
    expect((await browser.visit(`/my/returned?consent_id=${next}`)).outcome).toBe('waiting');
    expect(await find(id)).toMatchObject({ state: 'active' });
    await comeBack(browser, next, 'code=c');
    expect(browser.outcome).toBe('done');
    expect(await find(id)).toMatchObject({ state: 'superseded', supersededBy: next });
    expect(await find(next)).toMatchObject({ state: 'active' });
    expect((await browser.visit(`/my/consents/${next}`)).text).toContain('Vous avez renouvelé l’accès');
  });

  it('names the account of a confirmation of funds to the bank', async () => {
    const psuRef = newId();
    const asked = jest.spyOn(hub.bank, 'openConsent');
    const id = await live(psuRef, { scope: 'CAF', iban: 'BE83063154780915' });
    await endsIn(id, 5);
    await goToBank(await onPage(psuRef), id);
    expect(asked.mock.calls.at(-1)?.[0]).toMatchObject({ scope: 'CAF', iban: 'BE83063154780915' });
  });

  it('shows which accounts the new access leaves out', async () => {
    const psuRef = newId();
    const id = await live(psuRef);
    await accounts(id, 'BE68539007547034', 'BE49068223114171');
    await endsIn(id, 5);
    const browser = await onPage(psuRef);
    await comeBack(browser, await goToBank(browser, id), 'code=c');
    expect(browser.outcome).toBe('done_fewer');
    expect(browser.text).toContain('4171');
    expect(browser.text).not.toContain('7034');
  });

  it.each([
    ['error=access_denied', 'cancelled', 'none'],
    ['error=server_error', 'failed', 'bad'],
  ])('changes nothing when the bank says %s, and says so by the right sign', async (query, outcome, sign) => {
    const psuRef = newId();
    const id = await live(psuRef);
    await endsIn(id, 5);
    const browser = await onPage(psuRef);
    await comeBack(browser, await goToBank(browser, id), query);
    expect(browser.outcome).toBe(outcome);
    expect(browser.body).toContain(`<main class="${sign}">`);
    expect(await find(id)).toMatchObject({ state: 'active' });
  });

  it('changes nothing when the time is out, or the person began anew', async () => {
    const psuRef = newId();
    const id = await live(psuRef);
    await endsIn(id, 5);
    const browser = await onPage(psuRef);
    const [first, second] = [await goToBank(browser, id), await goToBank(browser, id)];
    expect((await browser.visit(`/my/renewals/${first}`)).outcome).toBe('replaced');
    await hub.dataSource.transaction((tx) =>
      hub.given.consents.move(tx, second, {
        to: 'expired',
        data: { reason: 'link_timeout' },
        actor: 'hub:test',
      }),
    );
    await browser.visit(`/my/returned?consent_id=${second}&consent_state=active`);
    expect(browser.outcome).toBe('timed_out');
    expect(await find(id)).toMatchObject({ state: 'active' });
  });

  it('says so when the bank cannot be reached, and opens nothing', async () => {
    const psuRef = newId();
    const id = await live(psuRef);
    await endsIn(id, 5);
    const browser = await onPage(psuRef);
    await browser.visit(`/my/consents/${id}/renew`);
    jest.spyOn(hub.bank, 'openConsent').mockRejectedValue(new BankError('not_sent', {}));
    await browser.send(`/my/consents/${id}/renew`);
    expect([browser.status, browser.outcome]).toEqual([503, 'bank_unavailable']);
    const all = await hub.dataSource.query<object[]>(`SELECT 1 FROM hub.consent WHERE psu_ref = $1`, [
      psuRef,
    ]);
    expect(all).toHaveLength(1);
  });
});

describe('the pages', () => {
  it('find among many by bank, purpose, kind and last digits of an account', async () => {
    const psuRef = newId();
    for (let at = 0; at < 24; at++) {
      const brand = at % 2 === 0 ? 'belfius' : 'banx';
      const id = await live(psuRef, { brand, purpose: `Purpose number ${at}` });
      await accounts(id, `BE6853900754${String(7000 + at)}`);
      await end(id, at % 3 === 0 ? 'withdrawn_at_bank' : 'withdrawn_by_tpp');
    }
    await live(psuRef, { purpose: 'The one that is open' });
    const browser = await onPage(psuRef);
    expect(browser.body).toContain('role="search"');
    const cards = () => browser.body.split('<article').length - 1;
    expect(cards()).toBe(4);
    await browser.visit('/my/ended');
    expect(cards()).toBe(20);
    const next = /href="(\/my\/ended\?after=[^"]+)"/.exec(browser.body)?.[1] ?? '';
    await browser.visit(next);
    expect(cards()).toBe(4);
    expect(browser.text).toContain('Purpose number 0');
    for (const [q, found] of [
      ['number 17', 1],
      ['7005', 1],
      ['banx', 12],
      ['BELFIUS open', 1],
      ['rekeninginformatie', 20],
      ['100% nothing', 0],
    ] as const) {
      await browser.visit(`/my?q=${encodeURIComponent(q)}`);
      expect([q, cards()]).toEqual([q, q === 'rekeninginformatie' ? 21 : found]);
    }
    expect(browser.text).toContain('Nothing fits your search');
    await browser.visit(`/my?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(browser.body).not.toContain('<script');
  });

  it('show the history of two years in plain words, with that of the access before', async () => {
    const psuRef = newId();
    const first = await live(psuRef);
    await hub.given.refreshed(first);
    const second = await live(psuRef);
    await end(second, 'withdrawn_at_bank');
    const browser = await onPage(psuRef);
    await browser.visit(`/my/consents/${second}`);
    for (const words of [
      'You stopped sharing at your bank',
      'You renewed the access',
      'Sharing began',
      'You agreed at your bank',
    ])
      expect(browser.text).toContain(words);
    expect(browser.text.match(/You were asked for access/g)).toHaveLength(2);
    expect(browser.text).not.toMatch(/refresh|token|withdrawn_|state_changed/i);
  });

  it('say nothing is connected, and what to do', async () => {
    const browser = await onPage(newId(), { return_url: 'https://app.example/banks' });
    expect(browser.text).toContain('Nothing is connected now');
    expect(browser.body).toContain('<a class="button" href="https://app.example/banks">');
  });

  it('say what the hub is not sure of, and what was lost', async () => {
    const psuRef = newId();
    const doubtful = await live(psuRef);
    await hub.request(doubtful, 'in_doubt');
    const lost = await live(psuRef, { brand: 'banx' });
    await hub.dataSource.transaction((tx) =>
      hub.given.consents.move(tx, lost, {
        to: 'failed',
        data: { reason: 'rotation_lost' },
        actor: 'hub:test',
      }),
    );
    const browser = await onPage(psuRef);
    expect(browser.body).toMatch(/class="status doubt"[^]*class="status lost"/);
    expect((await browser.visit(`/my/consents/${doubtful}`)).text).toContain(
      'An answer of your bank got lost',
    );
    expect((await browser.visit(`/my/consents/${lost}`)).text).toContain('nothing is shared any more');
  });
});
