import type { Browser } from 'playwright-core';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { MySite, type SharedConsents } from '../support/my-site.js';
import { faultsOfPage } from '../support/page-checks.js';

jest.setTimeout(60_000);

const PERSON = 'everybody';
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const AXE_RUNS = [{ options: { runOnly: TAGS } }];

describeInBrowser('the pages of a person', () => {
  let site: MySite;
  let shared: SharedConsents;
  let browser: Browser;

  beforeAll(async () => {
    site = await MySite.start({ HUB_BRAND_ACCENT: '#0b6e4f' });
    shared = await site.share(PERSON);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  const paths = (): Readonly<Record<string, string>> => ({
    list: '/my',
    ended: '/my/ended',
    search: '/my?q=nothing+fits',
    detail: `/my/consents/${shared.endingId}`,
    stop: `/my/consents/${shared.endingId}/stop`,
    renew: `/my/consents/${shared.endingId}/renew`,
    refusal: '/my/consents/unknown',
  });

  it('have no fault that axe finds, on a telephone and a desk, light and dark, and none is wider than the screen', async () => {
    // Scripts are for axe alone; the pages have none.
    const page = await site.visit(browser, PERSON, { javaScriptEnabled: true });
    for (const [name, path] of Object.entries(paths())) {
      await page.goto(site.url + path);
      expect([name, await faultsOfPage(page, { runs: AXE_RUNS })]).toEqual([name, []]);
    }
    await page.context().close();
  });

  it('have no fault before there is a session, and after', async () => {
    const page = await (await browser.newContext()).newPage();
    for (const url of [await site.link(PERSON), `${site.url}/my`, `${site.url}/my/signed-out`]) {
      await page.goto(url);
      expect(await faultsOfPage(page, { runs: AXE_RUNS })).toEqual([]);
    }
    await page.context().close();
  });

  it('fit a wide screen without a line that is too long to read', async () => {
    const page = await site.visit(browser, PERSON, { viewport: { width: 1920, height: 1080 } });
    expect((await page.locator('main').boundingBox())?.width).toBeLessThanOrEqual(46 * 16);
    await page.context().close();
  });

  it('can be used by the keyboard alone: every stop shows, and Enter does what it says', async () => {
    const page = await site.visit(browser, PERSON);
    // Pages of the tests before may still have the focus of the browser.
    await page.bringToFront();
    const names: string[] = [];
    for (let stop = 0; stop < 4; stop++) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      names.push((await focused.textContent()) ?? '');
      expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    }
    expect(names[0]).toBe('Sign out');
    const at = names.findIndex((name) => name.startsWith('Stop sharing'));
    expect(at).toBeGreaterThan(0);
    for (let back = 3; back > at; back--) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/stop');
    await page.context().close();
  });

  it('have buttons that a thumb can hit', async () => {
    const page = await site.visit(browser, PERSON, { viewport: { width: 390, height: 844 } });
    for (const button of await page.locator('.button').all())
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await page.context().close();
  });

  it('load nothing from elsewhere, and nothing is refused by their policy', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => requests.push(new URL(request.url()).origin));
    await page.goto(await site.link(PERSON));
    await page.locator('main button').click();
    for (const path of Object.values(paths()).slice(0, -1)) await page.goto(site.url + path);
    expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
    expect(new Set(requests)).toEqual(new Set([site.url]));
    await context.close();
  });

  it.each(['fr', 'nl', 'en', 'de'])(
    'say in %s which language they are in, and fit a phone',
    async (language) => {
      const page = await site.visit(browser, PERSON, { language, viewport: { width: 390, height: 844 } });
      for (const path of Object.values(paths())) {
        await page.goto(site.url + path);
        expect(await page.locator('html').getAttribute('lang')).toBe(language);
        const overflow = await page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      }
      await page.context().close();
    },
  );

  it('change their language without leaving the page', async () => {
    const page = await site.visit(browser, PERSON);
    await page.goto(`${site.url}/my/consents/${shared.fundsId}`);
    await page.getByRole('button', { name: 'Nederlands' }).click();
    expect(new URL(page.url()).pathname).toBe(`/my/consents/${shared.fundsId}`);
    expect(await page.locator('h1').innerText()).toBe('Banx, Bevestiging van saldo');
    await page.context().close();
  });
});
