import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { TEXTS } from '../../apps/sandbox-bank/src/authorize/texts/dictionaries.js';
import { BankControl } from '../support/bank-control.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { ConsolePage } from '../support/console-page.js';
import { HubUser } from '../support/hub-user.js';
import { faultsOfPage } from '../support/page-checks.js';
import { PsuBrowser } from '../support/psu-browser.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

jest.setTimeout(120_000);

describeInBrowser('an operator at the page of the sandbox', () => {
  let stack: StackUnderTest;
  let browser: Browser;
  let person: ConsolePage;

  beforeAll(async () => {
    stack = await startStackUnderTest();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await stack.close();
  });
  afterEach(async () => {
    expect(person.complaints).toEqual([]);
    await person.close();
  });

  it('opens a consent, gives it as a customer at the bank, and sees it live', async () => {
    person = await ConsolePage.open(stack, browser, { javaScriptEnabled: false });
    await person.click('link', 'Sandbox');
    await person.click('link', 'Open a consent…');
    await person.page
      .getByLabel('Customer of the sandbox bank')
      .selectOption({ label: 'Jan Peeters, 3 accounts' });
    await person.page.getByLabel('API client').selectOption('platform');
    await person.fill(/Why\?/, 'a demonstration for the board');
    await person.click('button', 'Open the consent');
    const phone = person.page.getByRole('region', { name: 'The phone of the person' });
    expect(await phone.innerText()).toContain('Share your accounts?');

    const psu = new PsuBrowser(browser);
    const opened = person.page.context().waitForEvent('page');
    await person.click('link', 'Go to the bank');
    psu.page = await opened;
    await psu.logIn('nl', 'Jan Peeters');
    await psu.page.locator('input[name=account]').first().check();
    await psu.press(TEXTS.nl.consent.approve);
    await psu.page.waitForURL(/\/callback\/belfius/);

    // The accounts are listed right after the tokens have come.
    const isShared = async (): Promise<boolean> => {
      await person.page.reload();
      return /You share.*BE60 •••• 4070/s.test(await phone.innerText());
    };
    for (const until = Date.now() + 20_000; !(await isShared()) && Date.now() < until; await delay(200));
    expect(await phone.innerText()).toMatch(/You share.*BE60 •••• 4070/s);
    expect(await phone.getByRole('link', { name: 'Go to the bank' }).count()).toBe(0);
    await person.click('link', 'Audit');
    const row = person.page.getByRole('row').filter({ hasText: 'a demonstration for the board' });
    expect(await row.innerText()).toMatch(/olga link:olga\s+opened a consent/);
  });

  it('finds no fault by axe, and no page that is too wide, on a telephone and a desk, light and dark', async () => {
    const control = new BankControl(stack.bank.controlUrl);
    const platform = new HubUser(stack, stack.keys.platform);
    person = await ConsolePage.open(stack, browser, { statuses: [400] });
    const check = async (): Promise<void> => {
      expect([person.page.url(), await faultsOfPage(person.page)]).toEqual([person.page.url(), []]);
    };
    const openConsent = async (scope: string): Promise<void> => {
      await person.goto('/console/sandbox/open');
      await person.page.getByLabel('Scope').selectOption(scope);
      await person.page.getByLabel(/Why\?/).fill('to look at it');
      await person.click('button', 'Open the consent');
    };
    await platform.liveConsent({ psu_ref: newPsuRef() });
    await control.fault({ name: 'error_503' });
    await person.goto('/console/sandbox');
    await check();
    await person.goto('/console/sandbox/open');
    await check();
    await person.page.getByLabel(/Why\?/).fill('   ');
    await person.click('button', 'Open the consent');
    expect(await person.page.locator('.fault').count()).toBe(1);
    await check();
    await control.clear();
    for (const scope of ['AIS', 'CAF']) {
      await openConsent(scope);
      expect(await person.page.getByRole('link', { name: 'Go to the bank' }).count()).toBe(1);
      await check();
    }
  });
});
