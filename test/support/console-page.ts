import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { ConsoleVisitor, type VisitedHub } from '../../apps/consent-hub/testing/console.harness.js';

/** Answers that a page shows on purpose. */
const EXPECTED_STATUS = /status of (400|404|503)\b/;
const MOST_TABS = 120;

type Role = 'link' | 'button' | 'searchbox' | 'textbox';

/** A person who is signed in to the console, with a browser that counts the clicks. */
export class ConsolePage {
  clicks = 0;
  /** What the browser has complained about. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
  ) {}

  /** At the overview. */
  static async open(
    visited: VisitedHub,
    browser: Browser,
    options: BrowserContextOptions = {},
  ): Promise<ConsolePage> {
    const visitor = await ConsoleVisitor.signIn(visited, ['viewer', 'operator'], 'olga');
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    await context.addCookies(
      [...visitor.cookies].map(([name, value]) => ({ name, value, url: visited.hub.url })),
    );
    const opened = new ConsolePage(context, await context.newPage(), visited.hub.url);
    opened.listen();
    await opened.goto('/console');
    return opened;
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  async click(role: Role, name: string | RegExp): Promise<void> {
    this.clicks++;
    await this.find(role, name).click();
    await this.page.waitForLoadState();
  }

  /** Goes on with the key Tab until the element has the focus. */
  async tabTo(role: Role, name: string | RegExp): Promise<void> {
    await this.page.bringToFront();
    const wanted = this.find(role, name);
    for (let keys = 0; keys < MOST_TABS; keys++) {
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${String(name)}`);
  }

  close(): Promise<void> {
    return this.context.close();
  }

  private find(role: Role, name: string | RegExp) {
    return this.page.getByRole(role, { name, ...(typeof name === 'string' && { exact: true }) }).first();
  }

  private listen(): void {
    this.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !EXPECTED_STATUS.test(message.text()))
        this.complaints.push(message.text());
    });
    this.page.on('pageerror', (error) => this.complaints.push(error.message));
  }
}
