import type { Browser, BrowserContext, Page } from 'playwright-core';
import { DataSource } from 'typeorm';
import { ConsoleLinkRepository } from '../../apps/consent-hub/src/console/access/console-link.repository.js';
import type { ConsoleRole } from '../../apps/consent-hub/src/console/access/console-role.js';
import type { StackUnderTest } from './stack-under-test.js';

/** A person at the console in a browser. Counts the clicks from the overview on. */
export class ConsoleBrowser {
  clicks = 0;
  /** What the browser has to say against a page. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  /** Signed in by a one-time link, at the overview. */
  static async open(
    browser: Browser,
    { hub }: StackUnderTest,
    roles: readonly ConsoleRole[],
  ): Promise<ConsoleBrowser> {
    const { token } = await new ConsoleLinkRepository(hub.app.get(DataSource)).make('olga', roles);
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 },
      javaScriptEnabled: false,
    });
    const page = await context.newPage();
    const person = new ConsoleBrowser(context, page);
    page.on('console', (message) => person.complaints.push(message.text()));
    await page.goto(`${hub.url}/console/link/${token.reveal()}`);
    await person.click('button', 'Sign in');
    person.clicks = 0;
    return person;
  }

  async click(role: 'link' | 'button', name: string | RegExp): Promise<void> {
    this.clicks++;
    await this.page
      .getByRole(role, { name, ...(typeof name === 'string' && { exact: true }) })
      .first()
      .click();
    await this.page.waitForLoadState();
  }

  async fill(label: string | RegExp, text: string): Promise<void> {
    await this.page.getByLabel(label).fill(text);
  }

  heading(): Promise<string> {
    return this.page.locator('h1').innerText();
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
