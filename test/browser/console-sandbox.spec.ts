import type { Browser } from 'playwright-core';
import { DataSource } from 'typeorm';
import { TEXTS } from '../../apps/sandbox-bank/src/authorize/texts/dictionaries.js';
import { BankControl } from '../support/bank-control.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { ConsoleBrowser } from '../support/console-browser.js';
import { ConsolePage } from '../support/console-page.js';
import { HubUser } from '../support/hub-user.js';
import { axeFindings, overflowOf } from '../support/page-checks.js';
import { PsuBrowser } from '../support/psu-browser.js';
import { somebody, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

jest.setTimeout(120_000);

describeInBrowser('an operator at the page of the sandbox', () => {
  let stack: StackUnderTest;
  let browser: Browser;
  let person: ConsoleBrowser;

  beforeAll(async () => {
    stack = await startStackUnderTest();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await stack.close();
  });
  beforeEach(async () => {
    person = await ConsoleBrowser.open(browser, stack, ['viewer', 'operator']);
  });
  afterEach(async () => {
    expect(person.complaints).toEqual([]);
    await person.close();
  });

  it('opens a consent, gives it as a customer at the bank, and sees it live', async () => {
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

    await person.page.reload();
    expect(await phone.innerText()).toMatch(/You share.*BE60 •••• 4070/s);
    expect(await phone.getByRole('link', { name: 'Go to the bank' }).count()).toBe(0);
    await person.click('link', 'Audit');
    const row = person.page.getByRole('row').filter({ hasText: 'a demonstration for the board' });
    expect(await row.innerText()).toMatch(/olga link:olga\s+opened a consent/);
  });

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)(
    'finds no fault by axe, and no page that is too wide, at %i px, %s',
    async (width, colorScheme) => {
      const control = new BankControl(stack.bank.controlUrl);
      const platform = new HubUser(stack, stack.keys.platform);
      const visit = await ConsolePage.open(
        { hub: stack.hub, dataSource: stack.hub.app.get(DataSource) },
        browser,
        { viewport: { width, height: 860 }, colorScheme },
      );
      const check = async (): Promise<void> => {
        expect([visit.page.url(), await axeFindings(visit.page)]).toEqual([visit.page.url(), []]);
        expect([visit.page.url(), await overflowOf(visit.page)]).toEqual([visit.page.url(), 0]);
      };
      const open = async (scope: string): Promise<void> => {
        await visit.goto('/console/sandbox/open');
        await visit.page.getByLabel('Scope').selectOption(scope);
        await visit.page.getByLabel(/Why\?/).fill('to look at it');
        await visit.click('button', 'Open the consent');
      };
      try {
        await platform.liveConsent({ psu_ref: somebody() });
        await control.fault({ name: 'error_503' });
        await visit.goto('/console/sandbox');
        await check();
        await visit.goto('/console/sandbox/open');
        await check();
        await visit.page.getByLabel(/Why\?/).fill('   ');
        await visit.click('button', 'Open the consent');
        expect(await visit.page.locator('.fault').count()).toBe(1);
        await check();
        await control.clear();
        for (const scope of ['AIS', 'CAF']) {
          await open(scope);
          expect(await visit.page.getByRole('link', { name: 'Go to the bank' }).count()).toBe(1);
          await check();
        }
      } finally {
        await visit.close();
      }
      expect(visit.complaints).toEqual([]);
    },
  );
});
