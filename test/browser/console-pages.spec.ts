import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { AdminHub } from '../../apps/consent-hub/testing/admin-hub.harness.js';
import { fillHub, type BusyHub } from '../../apps/consent-hub/testing/busy-console.harness.js';
import { ConsoleVisitor } from '../../apps/consent-hub/testing/console.harness.js';
import { ConsoleLinkRepository } from '../../apps/consent-hub/src/console/access/console-link.repository.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { axeFindings, overflowOf } from '../support/page-checks.js';

jest.setTimeout(120_000);

const MOST_CLICKS = 5;
/** For axe on every page. */
const ALL_PAGES_MS = 600_000;
/** Answers that a page shows on purpose. */
const EXPECTED_STATUS = /status of (400|404)\b/;

describeInBrowser('the console in a browser', () => {
  let admin: AdminHub;
  let busy: BusyHub;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let clicks: number;

  beforeAll(async () => {
    admin = await AdminHub.start();
    busy = await fillHub(admin);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await admin.close();
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  /** A person who is signed in, at the overview. */
  const open = async (options: BrowserContextOptions = {}): Promise<void> => {
    const visitor = await ConsoleVisitor.signIn(admin, ['viewer', 'operator', 'security'], 'olga');
    context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    await context.addCookies(
      [...visitor.cookies].map(([name, value]) => ({ name, value, url: admin.hub.url })),
    );
    await watch();
    await page.goto(`${admin.hub.url}/console`);
  };
  const watch = async (): Promise<void> => {
    page = await context.newPage();
    complaints = [];
    clicks = 0;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !EXPECTED_STATUS.test(message.text()))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  };
  const click = async (role: 'link' | 'button', name: string | RegExp): Promise<void> => {
    clicks++;
    await page
      .getByRole(role, { name, ...(typeof name === 'string' && { exact: true }) })
      .first()
      .click();
    await page.waitForLoadState();
  };
  /** Goes on with the key Tab until the element has the focus. */
  const tabTo = async (
    role: 'link' | 'button' | 'searchbox' | 'textbox',
    name: string | RegExp,
  ): Promise<void> => {
    const wanted = page.getByRole(role, { name, ...(typeof name === 'string' && { exact: true }) }).first();
    for (let keys = 0; keys < 80; keys++) {
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${String(name)}`);
  };
  const short = (id: string): RegExp => new RegExp(id.slice(-12));

  it('lets a person in by a link and its button', async () => {
    const { token } = await new ConsoleLinkRepository(admin.dataSource).make('nora', ['viewer']);
    context = await browser.newContext();
    await watch();
    await page.goto(`${admin.hub.url}/console/link/${token.reveal()}`);
    await click('button', 'Sign in');
    expect(new URL(page.url()).pathname).toBe('/console');
    await click('button', 'Sign out');
    expect(await page.locator('h1').innerText()).toBe('You are signed out');
  });

  it('leads to the failures of last night and their cause', async () => {
    await open();
    await click('link', 'Consents');
    await click('link', 'Failed last night');
    expect(await page.locator('tbody tr').count()).toBe(busy.failed.length);
    await click('link', short(busy.failed[0] ?? ''));
    expect(await page.locator('#sentence').innerText()).toMatch(
      /^Lost at .* had replaced the pair, its answer was lost, and the probe was refused\. The person must consent again\.$/,
    );
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
  });

  it('leads to a file of what expires in seven days', async () => {
    await open();
    await click('link', 'Consents');
    await click('link', 'Expiring in 7 days');
    const downloading = page.waitForEvent('download');
    await click('link', 'Export CSV');
    const text = await readFile(await (await downloading).path(), 'utf8');
    const ids = text
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.slice(0, 36));
    expect(ids).toEqual(busy.expiring);
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
  });

  it('revokes a consent with a reason that the audit shows, by the keyboard alone', async () => {
    const id = await admin.given.live(admin.owner);
    await open();
    await tabTo('link', 'Consents');
    await page.keyboard.press('Enter');
    await page.waitForURL(/consents$/);
    await tabTo('searchbox', /Id, Request-ID, account number/);
    await page.keyboard.type(id);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(id));
    await tabTo('link', 'Revoke…');
    await page.keyboard.press('Enter');
    await page.waitForURL(/revoke$/);
    await tabTo('textbox', /Why\?/);
    await page.keyboard.type('the customer called');
    await tabTo('button', 'Revoke for good');
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=revoke/);
    expect(await page.getByRole('status').innerText()).toContain('The consent is ended');
    await tabTo('link', 'Audit');
    await page.keyboard.press('Enter');
    await page.waitForURL(/audit$/);
    const row = page.getByRole('row').filter({ hasText: 'the customer called' });
    expect(await row.innerText()).toMatch(/olga link:olga\s+revoked a consent/);
  });

  it('keeps the overview current by its stream', async () => {
    await open();
    await page.locator('#live-state', { hasText: /^Live$/ }).waitFor();
    const tile = page.locator('[data-tile="Live"] .figure');
    const before = Number(await tile.innerText());
    await admin.given.live(admin.owner);
    await page.waitForFunction(
      (count) => document.querySelector('[data-tile="Live"] .figure')?.textContent === String(count),
      before + 1,
    );
  });

  it('shows the same without scripts', async () => {
    await open({ javaScriptEnabled: false });
    expect(await page.locator('[data-tile]').count()).toBe(13);
    expect(await page.locator('#live-state').innerText()).toBe('Reload for newer figures');
  });

  const PAGES: Readonly<Record<string, (hub: BusyHub) => string>> = {
    overview: () => '/console',
    'the overview of a month': () => '/console?range=30d',
    instances: () => '/console/instances',
    'the refresh job': () => '/console/refreshes',
    attention: () => '/console/attention',
    consents: () => '/console/consents?attention=any',
    'a wrong filter': () => '/console/consents?ended_from=x',
    'an empty search': () => '/console/consents?q=nobody',
    'a live consent': ({ withAccounts }) => `/console/consents/${withAccounts}`,
    'a refreshed consent': ({ refreshed }) => `/console/consents/${refreshed}`,
    'a confirmation': ({ refreshed }) => `/console/consents/${refreshed}/revoke`,
    person: ({ withAccounts }) => `/console/consents/${withAccounts}/person`,
    'the search of a person': () => '/console/people',
    'an export of a person': ({ withAccounts }) => `/console/consents/${withAccounts}/person/export`,
    'an erasure': ({ withAccounts }) => `/console/consents/${withAccounts}/person/erase`,
    'API clients': () => '/console/clients',
    'an API client': () => `/console/clients/${admin.adminId}`,
    'a new API client': () => '/console/clients/new',
    'a rotation of a key': () => `/console/clients/${admin.adminId}/rotate`,
    'a limit': () => `/console/clients/${admin.adminId}/limit`,
    webhooks: () => '/console/webhooks',
    'a webhook': ({ webhook }) => `/console/webhooks/${webhook}`,
    'a replay': ({ webhook }) => `/console/webhooks/${webhook}/replay?what=failed`,
    'an inbox note': () => '/console/attention/snooze?cause=failed',
    'every filter': () =>
      '/console/consents?state=active&brand=belfius&scope=AIS&client=admin&use=never&expires_from=2026-01-01&order=ended_at',
    'a full timeline': ({ renewed }) => `/console/consents/${renewed}?timeline=full`,
    'an answer kept': ({ unreadable }) => `/console/consents/${unreadable}`,
    banks: () => '/console/banks?range=7d',
    'a pause': () => '/console/banks/belfius/pause',
    security: () => '/console/security',
    'a rotation': () => '/console/security/actions/rotate',
    audit: () => '/console/audit',
    'the sign-in': () => '/console/sign-in',
    'what there is not': () => '/console/consents/0190d8a0-0000-7000-8000-000000000000',
  };

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)(
    'has no fault that axe finds, and fits, at %i px, %s',
    async (width, colorScheme) => {
      await open({ viewport: { width, height: 860 }, colorScheme });
      for (const [name, pathOf] of Object.entries(PAGES)) {
        await page.goto(admin.hub.url + pathOf(busy));
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        expect([name, await axeFindings(page)]).toEqual([name, []]);
        expect([name, await overflowOf(page)]).toEqual([name, 0]);
      }
    },
    ALL_PAGES_MS,
  );
});
