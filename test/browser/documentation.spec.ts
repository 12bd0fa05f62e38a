import type { Browser, BrowserContext, Page } from 'playwright-core';
import { AdminHub } from '../../apps/consent-hub/testing/admin-hub.harness.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { axeFindings, overflowOf, type AxeRun } from '../support/page-checks.js';

/** The reference has hundreds of parts that look alike: contrasts, which take axe minutes, are measured on two of them. */
const AXE_RUNS: Readonly<Record<string, readonly AxeRun[]>> = {
  '/docs': [
    { options: { rules: { 'color-contrast': { enabled: false } } } },
    { within: '#openConsent' },
    { within: 'header' },
  ],
};

jest.setTimeout(240_000);

describeInBrowser('the pages for developers', () => {
  let admin: AdminHub;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    admin = await AdminHub.start({ HUB_BRAND_NAME: 'Kompas', HUB_BRAND_ACCENT: '#0b5fff' });
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

  const open = async (width: number, colorScheme: 'light' | 'dark'): Promise<void> => {
    context = await browser.newContext({ viewport: { width, height: 860 }, colorScheme });
    page = await context.newPage();
    complaints = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !/favicon|status of 404/.test(message.text()))
        complaints.push(message.text());
    });
  };

  it('lead from the start page to a call, from there to a code, and back', async () => {
    await open(1280, 'light');
    await page.goto(admin.hub.url);
    await page.getByRole('link', { name: 'Reference' }).first().click();
    await page.getByRole('navigation', { name: 'On this page' }).getByText('Open a consent').click();
    const call = page.locator('#openConsent');
    expect(await call.getByText('curl -X POST "$HUB_URL/v1/consents"').isVisible()).toBe(true);
    await call.getByRole('link', { name: 'iban_required' }).click();
    expect(page.url()).toMatch(/\/docs\/errors#iban_required$/);
    await page.locator('#iban_required').getByRole('link').click();
    await page.getByRole('link', { name: 'POST /v1/consents', exact: true }).click();
    expect(page.url()).toMatch(/\/docs#openConsent$/);
  });

  it.each([
    [390, 'dark'],
    [1280, 'light'],
  ] as const)('have no fault that axe finds, and fit, at %i px, %s', async (width, colorScheme) => {
    await open(width, colorScheme);
    for (const path of [
      '/',
      '/docs',
      '/docs/errors',
      '/docs/guides',
      '/docs/guides/configuration',
      '/docs/problems/rate_limited',
    ]) {
      await page.goto(admin.hub.url + path);
      expect([path, await axeFindings(page, AXE_RUNS[path])]).toEqual([path, []]);
      expect([path, await overflowOf(page)]).toEqual([path, 0]);
    }
  });
});
