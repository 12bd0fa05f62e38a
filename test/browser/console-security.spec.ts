import type { Browser } from 'playwright-core';
import { BankControl } from '../support/bank-control.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { ConsolePage } from '../support/console-page.js';
import { HubUser } from '../support/hub-user.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

jest.setTimeout(180_000);

const MOST_CLICKS = 5;
const CONSENTS = 6;

describeInBrowser('an operator at the console of a hub with a bank', () => {
  let stack: StackUnderTest;
  let control: BankControl;
  let browser: Browser;
  let person: ConsolePage;

  beforeAll(async () => {
    stack = await startStackUnderTest({
      REFRESH_SWEEP_SECONDS: '1',
      REFRESH_GUARD_FAILURES: '2',
      REFRESH_GUARD_CANARY_SECONDS: '3600',
    });
    control = new BankControl(stack.bank.controlUrl);
    const platform = new HubUser(stack, stack.keys.platform);
    for (let made = 0; made < CONSENTS; made++)
      await platform.liveConsent({ psu_ref: newPsuRef(), language: 'fr' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await stack.close();
  });
  beforeEach(async () => {
    person = await ConsolePage.open(stack, browser, { roles: ['viewer', 'operator', 'security'] });
  });
  afterEach(async () => {
    await person.close();
    expect(person.complaints).toEqual([]);
  });

  const give = (reason: string) => person.fill(/Why\?/, reason);
  const statusIs = async (status: string): Promise<boolean> => {
    const [row] = await stack.query<{ status: string }>(
      `SELECT status FROM hub.refresh_circuit_breaker WHERE brand = 'belfius'`,
    );
    return row?.status === status;
  };

  it('sees that the circuit breaker is open, understands why, and resumes it', async () => {
    await control.fault({ name: 'rotate_then_500', times: 2 });
    await stack.query(`UPDATE hub.token_pair SET refresh_due_at = now()`);
    await control.until(() => statusIs('open'), 30_000);
    await person.page.reload();
    await person.click('link', /Circuit breaker/);
    const card = person.page.getByRole('region', { name: 'Belfius', exact: true });
    expect(await card.innerText()).toMatch(
      /Of the last \d+ results 2 count against the bank: refused, or without an answer that can be used \([^)]*(?:SANDBOX-500|GEN-1203-100004)/,
    );
    expect(await card.innerText()).toMatch(/Next canary\s+in (?:59\u00a0min|1\u00a0h)/);
    await person.click('link', 'Resume Belfius…');
    await give('the bank says that it is well');
    await person.click('button', 'Resume refreshes');
    await person.page.waitForURL(/done=resume/);
    const pause = person.page.getByRole('row').filter({ hasText: 'the bank says that it is well' });
    expect(await pause.innerText()).toMatch(/Belfius\s+resumed\s+link:olga/);
    expect(person.clicks).toBeLessThanOrEqual(MOST_CLICKS);
  });

  it('rotates the vault key, watches everything being sealed anew, and retires the former key', async () => {
    const admin = new HubUser(stack, stack.keys.admin);
    const sealing = async (): Promise<string> =>
      (await stack.query<{ id: string }>(`SELECT id FROM hub.vault_key WHERE state = 'current'`))[0]?.id ??
      '';
    await admin.call('POST', '/v1/vault-keys/rotate');
    await control.until(async () => (await sealing()) !== '', 20_000);
    const former = await sealing();
    await admin.call('POST', '/v1/vault-keys/reseal');
    await control.until(
      async () =>
        (await stack.query(`SELECT FROM hub.vault_key WHERE reseal_ended_at IS NOT NULL`)).length > 0,
      30_000,
    );
    await person.click('link', /Vault key/);
    await person.click('link', 'Rotate…');
    await give('once a year');
    await person.click('button', 'Rotate');
    await control.until(async () => (await sealing()) !== former, 20_000);
    expect(person.clicks).toBeLessThanOrEqual(MOST_CLICKS);
    person.clicks = 1;
    await person.click('link', 'Seal all values anew…');
    await give('after the rotation');
    await person.click('button', 'Seal anew');
    await person.page.locator('[data-reseal="ended"]').waitFor({ timeout: 30_000 });
    expect(person.clicks).toBeLessThanOrEqual(MOST_CLICKS);
    person.clicks = 1;
    await person.click('link', `Retire ${former}…`);
    await give('nothing needs it');
    await person.click('button', 'Retire for good');
    await person.page.getByRole('row').filter({ hasText: former }).getByText('retired').first().waitFor();
    expect(person.clicks).toBeLessThanOrEqual(MOST_CLICKS);
  });
});
