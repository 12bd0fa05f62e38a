import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startBankUnderTest, type BankUnderTest } from '../support/bank-under-test.js';
import { BankControl } from '../support/bank-control.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { faultsOfPage, unfold } from '../support/page-checks.js';
import { TestTpp } from '../support/test-tpp.js';

jest.setTimeout(60_000);

const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, javaScriptEnabled: false };
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

describeInBrowser('the developer’s page in a browser', () => {
  let bank: BankUnderTest;
  let control: BankControl;
  let tpp: TestTpp;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    bank = await startBankUnderTest();
    control = new BankControl(bank.running.controlUrl);
    tpp = new TestTpp(bank, bank.clients.belfius);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await bank.close();
  });
  beforeEach(() => control.reset());
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  const open = async (options = PHONE): Promise<void> => {
    page = await (await browser.newContext(options)).newPage();
    complaints = [];
    page.on('console', (message) => {
      // Chromium reports the status of a form that was refused.
      if (!/status of (403|422)\b/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(bank.running.controlUrl);
  };
  const section = (name: string) => page.getByRole('region', { name });
  const said = () => page.getByRole('status').innerText();

  it('sets a fault, shows how often it strikes, and clears it', async () => {
    await open();
    expect(await page.title()).toBe('Sandbox bank – control');
    expect(await page.getByText('SANDBOX', { exact: true }).isVisible()).toBe(true);
    await page.getByLabel('Fault', { exact: true }).selectOption('error_503');
    await page.getByLabel('Where', { exact: true }).selectOption('GET /consent-uris');
    await page.getByLabel('How often').fill('2');
    await page.getByRole('button', { name: 'Set the fault' }).click();
    expect(await said()).toBe('The fault is set.');
    expect(new URL(page.url()).hash).toBe('#faults');
    expect((await tpp.send(tpp.call('AIS consent URIs'))).status).toBe(503);
    await page.reload();
    const card = page.getByRole('article', { name: 'error_503 at /consent-uris' });
    expect(await card.innerText()).toMatch(
      /1 to come\s+\/consent-uris, applied 1 time\s+Expected\s+The TPP comes back later/,
    );
    expect(await card.innerText()).toContain('Applied 1 time; since then 0 double spends, 0 careful probes.');
    await page.getByRole('button', { name: 'Clear error_503 at /consent-uris' }).click();
    expect(await said()).toBe('Cleared.');
    expect(await control.faults()).toEqual([]);
  });

  it('sets a fault by its card, shows no fault that is used up, and keeps what it counted', async () => {
    await open();
    await page.getByRole('button', { name: 'Set once: error_503' }).click();
    expect(await said()).toBe('The fault is set.');
    expect((await tpp.send(tpp.call('AIS consent URIs'))).status).toBe(503);
    await page.reload();
    expect(await section('Faults').getByText('None is set.').isVisible()).toBe(true);
    await control.clear();
    const outcomes = await control.ok<{ strikes: number; faults: { name: string; strikes: number }[] }>(
      'GET',
      '/sandbox/outcomes',
    );
    expect(outcomes).toMatchObject({ double_spends: 0, probes_after_lost_answer: 0, strikes: 1 });
    expect(outcomes.faults.filter(({ strikes }) => strikes > 0)).toEqual([
      expect.objectContaining({ name: 'error_503', is_set: false, strikes: 1, double_spends: 0, probes: 0 }),
    ]);
    await page.reload();
    expect(await page.locator('#verdict').innerText()).toMatch(/^0 double spends in 1 fault\s/);
    expect(await page.getByRole('article', { name: 'error_503', exact: true }).innerText()).toContain(
      'Applied 1 time; since then 0 double spends',
    );
  });

  it('shows in red what was spent twice, and counts careful probes apart', async () => {
    const pair = await tpp.firstPair();
    await tpp.send(tpp.call('refresh', { token: pair.refresh_token }));
    await tpp.send(tpp.call('refresh', { token: pair.refresh_token }));
    await open();
    const verdict = page.locator('#verdict');
    expect(await verdict.innerText()).toMatch(/^1 double spend in 0 faults\s+0 careful probes/);
    expect(await verdict.getAttribute('class')).toBe('bad');
  });

  it('is live where scripts run: the figures change without a reload, and what is typed in stays', async () => {
    await open(DESK);
    await page.getByLabel('How often').fill('7');
    expect(await page.locator('#live-state').innerText()).toBe('Live');
    await tpp.firstPair({ psu: 'jan-peeters' });
    await section('Live token pairs').getByRole('row').nth(1).waitFor();
    expect(await page.getByLabel('How often').inputValue()).toBe('7');
  });

  it('clears all faults at once', async () => {
    for (const name of ['slow', 'error_500']) await control.fault({ name });
    await open();
    await page.getByRole('button', { name: 'Clear all faults' }).click();
    expect(await section('Faults').getByText('None is set.').isVisible()).toBe(true);
    expect(await control.faults()).toEqual([]);
  });

  it('says next to the field what is wrong, and keeps what was typed in', async () => {
    await open();
    await page.getByLabel('Fault', { exact: true }).selectOption('slow');
    await page.getByLabel('How often').fill('twice');
    await page.getByLabel('Delay in milliseconds').fill('50');
    await page.getByRole('button', { name: 'Set the fault' }).click();
    expect(await page.title()).toMatch(/^Error: /);
    expect(await page.getByRole('alert').innerText()).toContain('There is a problem.');
    const field = page.getByLabel('How often');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.inputValue()).toBe('twice');
    expect(await page.locator(`#${await field.getAttribute('aria-describedby')}`).innerText()).toContain(
      'integer',
    );
    expect(await page.getByLabel('Delay in milliseconds').inputValue()).toBe('50');
    expect(await page.getByLabel('Fault', { exact: true }).inputValue()).toBe('slow');
    expect(await control.faults()).toEqual([]);
  });

  it('lets time pass', async () => {
    await open();
    await page.getByRole('button', { name: 'Let 91 days pass' }).click();
    expect(await said()).toBe('The clock is put forward.');
    await page.getByLabel('Seconds to let pass').fill('60');
    await page.getByRole('button', { name: 'Put forward' }).click();
    const { ahead_seconds } = await control.ok<{ ahead_seconds: number }>('GET', '/sandbox/clock');
    expect(ahead_seconds).toBe(91 * 86_400 + 60);
    expect(await section('The bank’s clock').innerText()).toContain(`${ahead_seconds} seconds ahead`);
  });

  it('shows live pairs without a value of them, and withdraws the one that is clicked', async () => {
    const pair = await tpp.firstPair({ psu: 'jan-peeters' });
    await tpp.firstPair();
    await open();
    const text = await page.content();
    for (const hidden of [pair.access_token, pair.refresh_token, tpp.client.secret])
      expect(text).not.toContain(hidden);
    const pairs = section('Live token pairs');
    expect(await pairs.getByRole('row').count()).toBe(3);
    await pairs.getByRole('button', { name: /AIS consent that Jan Peeters gave/ }).click();
    expect(await said()).toContain('withdrawn');
    expect(await pairs.getByRole('row').count()).toBe(2);
    expect((await tpp.send(tpp.call('refresh', { token: pair.refresh_token }))).status).toBe(403);
  });

  it('withdraws all consents of a customer', async () => {
    await tpp.firstPair({ psu: 'jan-peeters' });
    await open();
    await page.getByRole('button', { name: 'Withdraw all consents of Jan Peeters' }).click();
    expect(await section('Live token pairs').getByText('None.').isVisible()).toBe(true);
  });

  it('empties the bank, in two clicks', async () => {
    await tpp.firstPair();
    await open();
    const exchanged = section('What the bank has seen').locator('div', { hasText: 'codes exchanged' });
    expect(await exchanged.locator('dd').innerText()).toBe('1');
    const button = page.getByRole('button', { name: 'Empty the bank' });
    expect(await button.isVisible()).toBe(false);
    await page.getByText('Empty the bank…').click();
    await button.click();
    expect(await said()).toBe('The bank is empty.');
    expect(await control.ledger()).toMatchObject({ authorization_code_grants: 0, live_pairs: 0 });
  });

  it.each([
    ['a phone', PHONE],
    ['a desk', DESK],
  ])('fits %s, names every field, and hides no section', async (_where, options) => {
    for (const name of ['slow', 'error_500']) await control.fault({ name, brand: 'banx', times: 1_000_000 });
    await tpp.firstPair({ psu: 'jan-peeters' });
    await open({ ...options, javaScriptEnabled: true });
    const facts = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      unlabelled: [...document.querySelectorAll<HTMLInputElement>('input:not([type=hidden]), select')].filter(
        ({ labels }) => !labels?.length,
      ).length,
      ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
      anchors: [...document.querySelectorAll<HTMLAnchorElement>('a')].map(({ hash }) => hash.slice(1)),
      scripts: document.scripts.length,
    }));
    expect(facts).toMatchObject({ overflow: 0, unlabelled: 0, scripts: 1 });
    expect(new Set(facts.ids).size).toBe(facts.ids.length);
    for (const anchor of facts.anchors) expect(facts.ids).toContain(anchor);
  });

  it('has no fault that axe finds, and fits, on a telephone and a desk, light and dark', async () => {
    const check = async (state: string): Promise<void> => {
      await unfold(page);
      expect([state, await faultsOfPage(page)]).toEqual([state, []]);
    };
    await open({ ...DESK, javaScriptEnabled: true });
    await check('empty');
    await control.fault({ name: 'error_503', endpoint: '/consent-uris', times: 1 });
    expect((await tpp.send(tpp.call('AIS consent URIs'))).status).toBe(503);
    await control.fault({ name: 'slow', brand: 'banx', times: 1_000_000 });
    const pair = await tpp.firstPair({ psu: 'jan-peeters' });
    await page.reload();
    await check('with a fault and a pair');
    for (let times = 0; times < 2; times++)
      await tpp.send(tpp.call('refresh', { token: pair.refresh_token }));
    await page.reload();
    expect(await page.locator('#verdict').getAttribute('class')).toBe('bad');
    await check('with a double spend');
    await page.getByLabel('Fault', { exact: true }).selectOption('slow');
    await page.getByLabel('How often').fill('twice');
    await page.getByRole('button', { name: 'Set the fault' }).click();
    expect(await page.title()).toMatch(/^Error: /);
    await check('with a form that was refused');
    await page.getByRole('button', { name: 'Clear all faults' }).click();
    expect(await said()).not.toBe('');
    await check('with what was done');
  });

  it('takes no order from a form of another site', async () => {
    await open({ ...DESK, javaScriptEnabled: true });
    await tpp.firstPair();
    const before = await control.ledger();
    const { port } = new URL(bank.running.controlUrl);
    await page.route('http://evil.example/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="http://127.0.0.1:${port}/sandbox/page/reset"><button>Win</button></form>`,
      }),
    );
    await page.goto('http://evil.example/');
    const answered = page.waitForResponse((answer) => answer.url().endsWith('/sandbox/page/reset'));
    await page.getByRole('button', { name: 'Win' }).click();
    expect((await answered).status()).toBe(403);
    expect(await control.ledger()).toEqual(before);
  });
});
