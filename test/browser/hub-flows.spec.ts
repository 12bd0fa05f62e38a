import type { Browser } from 'playwright-core';
import { createPkce } from '@consent-hub/bank-client';
import { TEXTS } from '../../apps/sandbox-bank/src/authorize/texts/dictionaries.js';
import { PAGE_TEXTS } from '../../apps/consent-hub/src/authorization-callback/page-texts.js';
import { BankCaller } from '../support/bank-caller.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { HubUser, type HandedOutToken, type OpenedConsent } from '../support/hub-user.js';
import { PsuBrowser } from '../support/psu-browser.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';
import { TppSite } from '../support/tpp-site.js';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const CUSTOMER = 'Jan Peeters';

interface PreparedPayment extends OpenedConsent {
  readonly payment_authorization: {
    readonly redirect_uri: string;
    readonly code_challenge: string;
    readonly state: string;
  };
}
interface Initiated {
  readonly url: string;
  readonly payment_id: string;
}

describeInBrowser('a person who goes to the bank and comes back to the hub', () => {
  let stack: StackUnderTest;
  let site: TppSite;
  let bank: BankCaller;
  let browser: Browser;
  let psu: PsuBrowser;
  let platform: HubUser;
  let service: HubUser;

  beforeAll(async () => {
    site = await new TppSite().listen();
    stack = await startStackUnderTest({}, { callbacks: [`${site.origin}/own-callback`] });
    platform = new HubUser(stack, stack.keys.platform);
    service = new HubUser(stack, stack.keys.service);
    bank = new BankCaller(stack);
    browser = await launchChromium();
    psu = new PsuBrowser(browser);
  });
  afterAll(async () => {
    await browser.close();
    await bank.close();
    await stack.close();
    site.close();
  });
  beforeEach(() => psu.open());
  afterEach(async () => {
    await psu.close();
    site.calls.length = 0;
  });

  const consentOf = async (id: string) => (await platform.call('GET', `/v1/consents/${id}`)).body;
  const tokenOf = async (query: string) =>
    (await service.call<HandedOutToken & { consent_id: string }>('GET', query)).body;
  const linkOf = ({ consent_uris: [link] }: OpenedConsent): string => link?.uri ?? '';

  /** The TPP's own initiation, for a day on which it can still be cancelled. */
  const initiate = async (headers: Record<string, string>, token?: string): Promise<Initiated> => {
    const answer = await bank.call<Initiated>({
      method: 'POST',
      path: '/payments/sepa-credit-transfers',
      version: '3',
      headers,
      ...(token !== undefined && { token }),
      body: {
        creditor_account: { iban: 'BE49091200881571' },
        creditor_name: 'Bakkerij Vermeulen BV',
        endtoend_identification: 'INV-17',
        instructed_amount: { amount: '12.50', currency: 'EUR' },
        requested_execution_date: new Date(Date.now() + 7 * DAY_MS).toISOString().slice(0, 10),
      },
    });
    expect(answer).toMatchObject({ status: 401, body: { error: 'SCA_REQUIRED' } });
    return answer.body;
  };
  const withPkce = (redirectUri: string, challenge: string) => ({
    'redirect-uri': redirectUri,
    'code-challenge': challenge,
    'code-challenge-method': 'S256',
  });
  const sign = async ({ url }: Initiated, state: string): Promise<void> => {
    await psu.page.goto(`${url}&state=${state}`);
    await psu.logIn('fr', CUSTOMER);
    const accounts = psu.page.locator('input[name=account]');
    if ((await accounts.count()) > 0) await accounts.first().check();
    await psu.press(TEXTS.fr.payment.sign);
  };
  const statusOf = async ({ payment_id }: Initiated) =>
    (await bank.call({ path: `/payments/sepa-credit-transfers/${payment_id}/status`, version: '1' })).body[
      'transaction_status'
    ];
  const cancel = ({ payment_id }: Initiated, token: string) =>
    bank.call({
      method: 'DELETE',
      path: `/payments/sepa-credit-transfers/${payment_id}`,
      version: '1',
      token,
    });

  it('finds on the front page what this is, how both brands stand, and the way to the API', async () => {
    const faults: string[] = [];
    psu.page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    await psu.page.goto(stack.hub.url);
    expect(await psu.page.locator('h1').innerText()).toBe('Consent Hub');
    expect(await psu.page.locator('#belfius').innerText()).toContain('Tokens are refreshed on schedule.');
    expect(await psu.page.locator('#banx').innerText()).toContain('Tokens are refreshed on schedule.');
    expect(faults).toEqual([]);
    await psu.page.getByRole('link', { name: 'Reference' }).click();
    await psu.page.waitForURL(`${stack.hub.url}/docs`);
    expect(await psu.page.locator('h1').innerText()).toBe('API reference');
  });

  it('shares the accounts that were chosen, and reads in their own language that it is done', async () => {
    const opened = await platform.open({ psu_ref: newPsuRef(), language: 'nl' });
    await psu.page.goto(linkOf(opened));
    await psu.logIn('nl', CUSTOMER);
    await psu.page.getByLabel('Huishouden').check();
    await psu.press(TEXTS.nl.consent.approve);
    expect(await psu.heading()).toBe(PAGE_TEXTS.nl.completed.title);
    expect(psu.complaints).toEqual([]);
    expect(await consentOf(opened.id)).toMatchObject({ state: 'active' });
    const { body } = await platform.call('GET', `/v1/consents/${opened.id}/accounts`);
    expect(body).toEqual({ items: [{ iban: 'BE49068223114171', logical_id: expect.any(String) }] });
  });

  it('reads the same when they reload the page', async () => {
    const opened = await platform.open({ psu_ref: newPsuRef(), language: 'nl' });
    await psu.page.goto(linkOf(opened));
    await psu.logIn('nl', CUSTOMER);
    await psu.page.getByLabel('Huishouden').check();
    await psu.press(TEXTS.nl.consent.approve);
    expect(await psu.heading()).toBe(PAGE_TEXTS.nl.completed.title);
    await psu.page.reload();
    expect(await psu.heading()).toBe(PAGE_TEXTS.nl.completed.title);
  });

  it('finishes only in the browser in which they began', async () => {
    const opened = await platform.open({
      psu_ref: newPsuRef(),
      language: 'nl',
      return_url: `${site.origin}/app`,
    });
    const { atBank } = await platform.start(opened);
    // The browser of another person, who was sent the link of the bank.
    await psu.page.goto(linkOf(atBank));
    await psu.logIn('nl', CUSTOMER);
    await psu.page.getByLabel('Huishouden').check();
    await psu.press(TEXTS.nl.consent.approve);
    expect(await psu.heading()).toBe(PAGE_TEXTS.nl.browser_not_bound.title);
    expect(await consentOf(opened.id)).toMatchObject({ state: 'initiated' });
    expect(site.calls).toEqual([]);
  });

  it('comes back to the application after a refusal, which says so', async () => {
    const opened = await platform.open({
      psu_ref: newPsuRef(),
      language: 'fr',
      return_url: `${site.origin}/app`,
    });
    await psu.page.goto(linkOf(opened));
    await psu.logIn('fr', CUSTOMER);
    await psu.press(TEXTS.fr.consent.refuse);
    await psu.page.waitForURL(`${site.origin}/app?**`);
    expect(Object.fromEntries(new URL(psu.page.url()).searchParams)).toEqual({
      consent_id: opened.id,
      consent_state: 'rejected',
      reason: 'psu_refused',
    });
  });

  it('signs a payment that the hub prepared, whose token cancels it and serves the next one', async () => {
    const psuRef = newPsuRef();
    const prepared = (await platform.open({
      scope: 'PIS',
      psu_ref: psuRef,
      language: 'fr',
    })) as PreparedPayment;
    const { redirect_uri, code_challenge, state } = prepared.payment_authorization;
    expect(prepared.payment_authorization).toMatchObject({ code_challenge_method: 'S256' });
    const first = await initiate(withPkce(redirect_uri, code_challenge));
    await sign(first, state);
    expect(await psu.heading()).toBe(PAGE_TEXTS.fr.payment_signed.title);
    expect(psu.complaints).toEqual([]);
    expect(await consentOf(prepared.id)).toMatchObject({ state: 'active', generation: 1 });
    expect(await statusOf(first)).toBe('PDNG');

    const { access_token: token } = await tokenOf(`/v1/consents/${prepared.id}/access-token`);
    expect((await cancel(first, token)).status).toBe(200);
    expect(await statusOf(first)).toBe('CANC');

    // The next payment names the token: the bank sends the PSU back without a code, and the pair stays valid.
    const next = await initiate({ 'redirect-uri': `${site.origin}/own-callback` }, token);
    await sign(next, 'next');
    await psu.page.waitForURL(`${site.origin}/own-callback?state=next`);
    const person = `/v1/access-token?brand=belfius&scope=PIS&psu_ref=${psuRef}`;
    expect((await cancel(next, (await tokenOf(person)).access_token)).status).toBe(200);
    expect(await statusOf(next)).toBe('CANC');
  });

  it("signs a payment of the caller's own, whose code the hub exchanges for a pair that cancels it", async () => {
    const psuRef = newPsuRef();
    const redirectUri = `${site.origin}/own-callback`;
    const pkce = createPkce();
    const payment = await initiate(withPkce(redirectUri, pkce.challenge));
    await sign(payment, 'mine');
    await psu.page.waitForURL(`${redirectUri}?**`);
    const returned = new URL(psu.page.url()).searchParams;
    expect(returned.get('state')).toBe('mine');

    const brought = await platform.call<{ id: string }>('POST', '/v1/pis-tokens', {
      brand: 'belfius',
      psu_ref: psuRef,
      code: returned.get('code'),
      code_verifier: pkce.verifier.reveal(),
      redirect_uri: redirectUri,
    });
    expect(brought).toMatchObject({ status: 201, body: { scope: 'PIS', state: 'active', generation: 1 } });
    const { access_token: token } = await tokenOf(`/v1/consents/${brought.body.id}/access-token`);
    expect((await cancel(payment, token)).status).toBe(200);
    expect(await statusOf(payment)).toBe('CANC');
  });
});
