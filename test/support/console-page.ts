import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { ConsoleRole } from '../../apps/consent-hub/src/console/access/console-role.js';
import { ConsoleVisitor, type VisitedHub } from '../../apps/consent-hub/testing/console.harness.js';

const MOST_TABS = 80;

type Role = 'link' | 'button' | 'searchbox' | 'textbox';

interface VisitOptions extends BrowserContextOptions {
  /** Statuses of pages that refuse on purpose: that the browser reports them is no complaint. */
  readonly statuses?: readonly number[];
}

/** A person at the console, with a browser that counts the clicks. */
export class ConsolePage {
  clicks = 0;
  /** All that the browser has reported about the pages. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
  ) {}

  /** Signed in, at the overview. */
  static async open(
    visited: VisitedHub,
    browser: Browser,
    {
      roles = ['viewer', 'operator'],
      ...options
    }: VisitOptions & { readonly roles?: readonly ConsoleRole[] } = {},
  ): Promise<ConsolePage> {
    const visitor = await ConsoleVisitor.signIn(visited, roles, 'olga');
    const opened = await ConsolePage.openSignedOut(visited, browser, options);
    await opened.context.addCookies(
      [...visitor.cookies].map(([name, value]) => ({ name, value, url: visited.hub.url })),
    );
    await opened.goto('/console');
    return opened;
  }

  /** At no page, and not signed in. */
  static async openSignedOut(
    { hub }: Pick<VisitedHub, 'hub'>,
    browser: Browser,
    { statuses = [], ...options }: VisitOptions = {},
  ): Promise<ConsolePage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const opened = new ConsolePage(context, await context.newPage(), hub.url);
    opened.page.on('console', (message) => {
      const [, status] = /status of (\d{3})\b/.exec(message.text()) ?? [];
      if (!statuses.includes(Number(status))) opened.complaints.push(message.text());
    });
    opened.page.on('pageerror', (error) => opened.complaints.push(error.message));
    return opened;
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  /** @param name the whole of it, or a part as an expression */
  async click(role: Role, name: string | RegExp): Promise<void> {
    this.clicks++;
    await this.find(role, name).click();
    await this.page.waitForLoadState();
  }

  async fill(label: string | RegExp, text: string): Promise<void> {
    await this.page.getByLabel(label).fill(text);
  }

  heading(): Promise<string> {
    return this.page.locator('h1').innerText();
  }

  /** Goes on with the key Tab until the element has the focus. @param most so many times */
  async tabTo(role: Role, name: string | RegExp, most = MOST_TABS): Promise<void> {
    await this.page.bringToFront();
    const wanted = this.find(role, name);
    for (let keys = 0; keys < most; keys++) {
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${String(name)}`);
  }

  close(): Promise<void> {
    return this.context.close();
  }

  private find(role: Role, name: string | RegExp): Locator {
    return this.page.getByRole(role, { name, ...(typeof name === 'string' && { exact: true }) }).first();
  }
}
