import type { Browser } from 'playwright-core';
import { TEXTS } from '../../apps/sandbox-bank/src/authorize/texts/dictionaries.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { ConsoleBrowser } from '../support/console-browser.js';
import { PsuBrowser } from '../support/psu-browser.js';
import { startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

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
    await person.click('link', 'Open the link of the bank');
    psu.page = await opened;
    await psu.logIn('nl', 'Jan Peeters');
    await psu.page.locator('input[name=account]').first().check();
    await psu.press(TEXTS.nl.consent.approve);
    await psu.page.waitForURL(/\/callback\/belfius/);

    await person.page.reload();
    expect(await phone.innerText()).toMatch(/You share.*BE60 •••• 4070/s);
    expect(await phone.getByRole('link', { name: 'Open the link of the bank' }).count()).toBe(0);
    await person.click('link', 'Audit');
    const row = person.page.getByRole('row').filter({ hasText: 'a demonstration for the board' });
    expect(await row.innerText()).toMatch(/olga link:olga\s+opened a consent/);
  });
});
