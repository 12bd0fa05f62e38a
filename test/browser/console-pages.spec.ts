import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { AdminHub } from '../../apps/consent-hub/testing/admin-hub.harness.js';
import { fillHub, type BusyHub } from '../../apps/consent-hub/testing/busy-console.harness.js';
import { ConsoleLinkRepository } from '../../apps/consent-hub/src/console/access/console-link.repository.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { ConsolePage } from '../support/console-page.js';
import { faultsOfPage, unfold } from '../support/page-checks.js';

jest.setTimeout(120_000);

const MOST_CLICKS = 5;
/** For axe on every page. */
const ALL_PAGES_MS = 600_000;
/** Of pages that refuse on purpose. */
const STATUSES = [400, 404];

describeInBrowser('the console in a browser', () => {
  let admin: AdminHub;
  let busy: BusyHub;
  let browser: Browser;
  let person: ConsolePage;
  let page: Page;

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
    await person.close();
    expect(person.complaints).toEqual([]);
  });

  /** A person who is signed in, at the overview. */
  const open = async (options: BrowserContextOptions = {}): Promise<void> => {
    const roles = ['viewer', 'operator', 'security'] as const;
    person = await ConsolePage.open(admin, browser, { ...options, roles, statuses: STATUSES });
    ({ page } = person);
  };
  const short = (id: string): RegExp => new RegExp(id.slice(-12));

  it('lets a person in by a link and its button', async () => {
    const { token } = await new ConsoleLinkRepository(admin.dataSource).make('nora', ['viewer']);
    person = await ConsolePage.openSignedOut(admin, browser);
    ({ page } = person);
    await person.goto(`/console/link/${token.reveal()}`);
    await person.click('button', 'Sign in');
    expect(new URL(page.url()).pathname).toBe('/console');
    await person.click('button', 'Sign out');
    expect(await page.locator('h1').innerText()).toBe('You are signed out');
  });

  it('leads to the failures of last night and their cause', async () => {
    await open();
    await person.click('link', 'Consents');
    await person.click('link', 'Failed last night');
    expect(await page.locator('tbody tr').count()).toBe(busy.failed.length);
    await person.click('link', short(busy.failed[0] ?? ''));
    expect(await page.locator('#sentence').innerText()).toMatch(
      /^Lost at .* had replaced the pair, its answer was lost, and the probe was refused\. The person must consent again\.$/,
    );
    expect(person.clicks).toBeLessThanOrEqual(MOST_CLICKS);
  });

  it('leads to a file of what expires in seven days', async () => {
    await open();
    await person.click('link', 'Consents');
    await person.click('link', 'Expiring in 7 days');
    const downloading = page.waitForEvent('download');
    await person.click('link', 'Export CSV');
    const text = await readFile(await (await downloading).path(), 'utf8');
    const ids = text
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.slice(0, 36));
    expect(ids).toEqual(busy.expiring);
    expect(person.clicks).toBeLessThanOrEqual(MOST_CLICKS);
  });

  it('revokes a consent with a reason that the audit shows, by the keyboard alone', async () => {
    const id = await admin.given.live(admin.owner);
    await open();
    await person.tabTo('link', 'Consents');
    await page.keyboard.press('Enter');
    await page.waitForURL(/consents$/);
    await person.tabTo('searchbox', /Id, Request-ID, account number/);
    await page.keyboard.type(id);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(id));
    await person.tabTo('link', 'Revoke…');
    await page.keyboard.press('Enter');
    await page.waitForURL(/revoke$/);
    await person.tabTo('textbox', /Why\?/);
    await page.keyboard.type('the customer called');
    await person.tabTo('button', 'Revoke for good');
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=revoke/);
    expect(await page.getByRole('status').innerText()).toContain('The consent is ended');
    await person.tabTo('link', 'Audit');
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
    'an empty search': () => '/console/consents?q=unknown-person',
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

  it(
    'has no fault that axe finds, and fits, on a telephone and a desk, light and dark',
    async () => {
      await open();
      for (const [name, pathOf] of Object.entries(PAGES)) {
        await person.goto(pathOf(busy));
        await unfold(page);
        expect([name, await faultsOfPage(page)]).toEqual([name, []]);
      }
    },
    ALL_PAGES_MS,
  );
});
