import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ConsoleLinkRepository } from '../../apps/consent-hub/src/console/access/console-link.repository.js';
import { BankControl } from '../support/bank-control.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { HubUser } from '../support/hub-user.js';
import { somebody, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

jest.setTimeout(180_000);

const MOST_CLICKS = 5;
const CONSENTS = 6;

describeInBrowser('an operator at the console of a hub with a bank', () => {
  let stack: StackUnderTest;
  let control: BankControl;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let clicks: number;

  beforeAll(async () => {
    stack = await startStackUnderTest({
      REFRESH_SWEEP_SECONDS: '1',
      REFRESH_GUARD_FAILURES: '2',
      REFRESH_GUARD_CANARY_SECONDS: '3600',
    });
    control = new BankControl(stack.bank.controlUrl);
    const platform = new HubUser(stack, stack.keys.platform);
    for (let made = 0; made < CONSENTS; made++)
      await platform.liveConsent({ psu_ref: somebody(), language: 'fr' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await stack.close();
  });
  beforeEach(async () => {
    const { token } = await stack.hub.app
      .get(ConsoleLinkRepository)
      .make('olga', ['viewer', 'operator', 'security']);
    context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    page = await context.newPage();
    await page.goto(`${stack.hub.url}/console/link/${token.reveal()}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/console$/);
    clicks = 0;
  });
  afterEach(() => context.close());

  const click = async (role: 'link' | 'button', name: string | RegExp): Promise<void> => {
    clicks++;
    await page.getByRole(role, { name }).first().click();
    await page.waitForLoadState();
  };
  const give = (reason: string) => page.getByLabel(/Why\?/).fill(reason);
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
    await page.reload();
    await click('link', /Circuit breaker/);
    const card = page.getByRole('region', { name: 'Belfius', exact: true });
    expect(await card.innerText()).toMatch(
      /Of the last \d+ results 2 count against the bank: refused, or without an answer that can be used \([^)]*(?:SANDBOX-500|GEN-1203-100004)/,
    );
    expect(await card.innerText()).toMatch(/Next canary\s+in (?:59\u00a0min|1\u00a0h)/);
    await click('link', 'Resume Belfius…');
    await give('the bank says that it is well');
    await click('button', 'Resume refreshes');
    await page.waitForURL(/done=resume/);
    const pause = page.getByRole('row').filter({ hasText: 'the bank says that it is well' });
    expect(await pause.innerText()).toMatch(/Belfius\s+resumed\s+link:olga/);
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
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
    await click('link', /Vault key/);
    await click('link', 'Rotate…');
    await give('once a year');
    await click('button', 'Rotate');
    await control.until(async () => (await sealing()) !== former, 20_000);
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
    clicks = 1;
    await click('link', 'Seal all values anew…');
    await give('after the rotation');
    await click('button', 'Seal anew');
    await page.locator('[data-reseal="ended"]').waitFor({ timeout: 30_000 });
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
    clicks = 1;
    await click('link', `Retire ${former}…`);
    await give('nothing needs it');
    await click('button', 'Retire for good');
    await page.getByRole('row').filter({ hasText: former }).getByText('retired').first().waitFor();
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
  });
});
