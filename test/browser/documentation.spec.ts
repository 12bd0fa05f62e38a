import type { Browser, BrowserContext, Page } from 'playwright-core';
import { AdminHub } from '../../apps/consent-hub/testing/admin-hub.harness.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { faultsOfPage, type AxeRun, type Look } from '../support/page-checks.js';

/** The reference has hundreds of parts that look alike: contrasts, which take axe minutes, are measured on two of them. */
const AXE_RUNS: Readonly<Record<string, readonly AxeRun[]>> = {
  '/docs': [
    { options: { rules: { 'color-contrast': { enabled: false } } } },
    { within: '#openConsent' },
    { within: 'header' },
  ],
};
/** Pages as long as these are not looked at more often. */
const LOOKS: readonly Look[] = [
  [390, 'dark'],
  [1280, 'light'],
];

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

  const open = async (): Promise<void> => {
    context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    page = await context.newPage();
    complaints = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !/favicon|status of 404/.test(message.text()))
        complaints.push(message.text());
    });
  };

  it('lead from the start page to a call, from there to a code, and back', async () => {
    await open();
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

  it('have no fault that axe finds, and fit, on a dark telephone and a light desk', async () => {
    await open();
    for (const path of [
      '/',
      '/docs',
      '/docs/errors',
      '/docs/guides',
      '/docs/guides/configuration',
      '/docs/problems/rate_limited',
    ]) {
      await page.goto(admin.hub.url + path);
      expect([path, await faultsOfPage(page, { runs: AXE_RUNS[path], looks: LOOKS })]).toEqual([path, []]);
    }
  });
});
