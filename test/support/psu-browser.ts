import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Brand, Language, Secret } from '@consent-hub/psd2-protocol';
import { TEXTS } from '../../apps/sandbox-bank/src/authorize/texts/dictionaries.js';
import type { TppSite } from './tpp-site.js';

export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  javaScriptEnabled: false,
};

/** Characters that RFC 6749 allows in a state, and that must be escaped in an address. */
export const STATE = 'a &=+/?';

/** A PSU in front of the bank's pages. */
export class PsuBrowser {
  page: Page;
  /** What the browser has to say against a page: refused sources, missing files, faults of scripts. */
  complaints: string[] = [];

  constructor(private readonly browser: Browser) {}

  async open(options: BrowserContextOptions = PHONE): Promise<void> {
    this.page = await (await this.browser.newContext(options)).newPage();
    this.complaints = [];
    this.page.on('console', (message) => this.complaints.push(message.text()));
    this.page.on('pageerror', (error) => this.complaints.push(error.message));
    this.page.on('dialog', (dialog) => this.complaints.push(dialog.message()));
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name }).click();
  }

  heading(): Promise<string | null> {
    return this.page.getByRole('heading', { level: 1 }).textContent();
  }

  async shownCode(): Promise<string> {
    return (await this.page.getByText(/^\d{3} \d{3}$/).textContent()) ?? '';
  }

  async logIn(language: Language, customer: string): Promise<void> {
    await this.page.getByLabel(customer).check();
    await this.press(TEXTS[language].logIn.submit);
    await this.page.getByLabel(TEXTS[language].code.field).fill(await this.shownCode());
    await this.press(TEXTS[language].code.submit);
  }

  async expectGoodPage(language: string): Promise<void> {
    const { page } = this;
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await page.getByText('SANDBOX', { exact: true }).isVisible()).toBe(true);
    const overflow = await page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    for (const control of await page.locator('button:visible, .button, label.tile, .field input').all()) {
      expect((await control.boundingBox())?.height).toBeGreaterThanOrEqual(40);
    }
  }

  /** Tabs until the focus is where it should be; every stop on the way must show. */
  async tabTo(selector: string): Promise<void> {
    const { page } = this;
    for (let stop = 0; stop < 40; stop++) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      const outlined = page.locator(':focus, .tile:has(:focus)').last();
      const tile = page.locator('.tile:has(:focus)');
      const shown = (await tile.count()) > 0 ? tile : outlined;
      const outline = await shown.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(outline).toBe('solid');
      if (await focused.evaluate((element, wanted) => element.matches(wanted), selector)) return;
    }
    throw new Error(`The focus never came to ${selector}`);
  }
}

/** A PSU who came from a TPP's own site, on the bank's pages alone. */
export class PsuOfSite extends PsuBrowser {
  constructor(
    browser: Browser,
    private readonly app: NestFastifyApplication,
    private readonly callback: TppSite,
    private readonly end: TppSite,
  ) {
    super(browser);
  }

  async followLink(brand: Brand, language: Language, appToken: Secret, appkey = 'PSD2_AIS'): Promise<void> {
    const query = new URLSearchParams({ appkey, apptoken: appToken.reveal(), state: STATE });
    await this.page.goto(
      `${await this.app.getUrl()}/${brand}/common/${language}/fw/generic/launcher.html?${query}`,
    );
  }

  /** What the browser carried back to the TPP. */
  async returned(): Promise<Record<string, string>> {
    await this.page.waitForURL(`${this.end.origin}/thanks`);
    expect(this.callback.calls).toHaveLength(1);
    return Object.fromEntries(new URL(this.callback.calls[0] ?? '', this.callback.origin).searchParams);
  }
}
