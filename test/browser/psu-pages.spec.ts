import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Brand, Language } from '@consent-hub/psd2-protocol';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { AuthorizationRequest } from '../../apps/sandbox-bank/src/books/authorization-book.js';
import type { Tpp } from '../../apps/sandbox-bank/src/books/tpp-book.js';
import { TEXTS } from '../../apps/sandbox-bank/src/authorize/texts/dictionaries.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { startPsuPages } from '../support/psu-pages.js';
import { SandboxBooks } from '../support/sandbox-books.js';

jest.setTimeout(60_000);

const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, javaScriptEnabled: false };

/** Whatever RFC 6749 allows in a state, and an address would need escaped. */
const STATE = 'a &=+/?';

/** A site of the TPP's: notes who calls, and sends the browser on where it has somewhere to send it. */
class TppSite {
  readonly calls: string[] = [];
  private readonly arrivals = new EventEmitter();
  private held: (() => void)[] | null = null;
  private readonly server = createServer((request, response) => {
    this.calls.push(request.url ?? '');
    const answer = (): void => {
      response.writeHead(this.onTo ? 303 : 200, {
        'content-type': 'text/html',
        ...(this.onTo && { location: this.onTo }),
      });
      response.end('<!doctype html><link rel="icon" href="data:,"><h1>TPP</h1>');
    };
    if (this.held) this.held.push(answer);
    else answer();
    this.arrivals.emit('call');
  });

  constructor(private readonly onTo?: string) {}

  async listen(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  /** Answers nobody until the release. */
  hold(): void {
    this.held = [];
  }
  release(): void {
    for (const answer of this.held ?? []) answer();
    this.held = null;
  }
  async nextCall(): Promise<void> {
    await once(this.arrivals, 'call');
  }
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describeInBrowser('the pages of the PSU in a browser', () => {
  let database: TestDatabase;
  let bank: SandboxBooks;
  let app: NestFastifyApplication;
  let browser: Browser;
  let end: TppSite;
  let callback: TppSite;
  const tpps = new Map<Brand, Tpp>();
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    database = await createTestDatabase();
    const source = await database.open();
    bank = new SandboxBooks(source);
    await bank.enrolCustomers();
    for (const brand of ['belfius', 'banx'] as const) tpps.set(brand, await bank.registerTpp(brand));
    app = await startPsuPages(source);
    await app.listen(0, '127.0.0.1');
    end = await new TppSite().listen();
    callback = await new TppSite(`${end.origin}/thanks`).listen();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    for (const site of [callback, end]) site.close();
    await app.close();
    await database.drop();
  });
  afterEach(async () => {
    await page.context().close();
    callback.calls.length = 0;
  });

  /** What the browser has to say against a page: refused sources, missing files, faults of scripts. */
  const openPage = async (options: BrowserContextOptions = PHONE): Promise<void> => {
    page = await (await browser.newContext(options)).newPage();
    complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
  };

  const visit = async (
    brand: Brand,
    language: Language,
    changes: Partial<AuthorizationRequest> = {},
  ): Promise<void> => {
    const tpp = tpps.get(brand);
    if (!tpp) throw new Error('No such TPP');
    const { appToken } = await bank.open(tpp, {
      redirectUri: `${callback.origin}/callback?flow=1`,
      ...changes,
    });
    const query = new URLSearchParams({ appkey: 'PSD2_AIS', apptoken: appToken.reveal(), state: STATE });
    await page.goto(`${await app.getUrl()}/${brand}/common/${language}/fw/generic/launcher.html?${query}`);
  };

  const press = (name: string): Promise<void> => page.getByRole('button', { name }).click();
  const heading = (): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent();
  const shownCode = async (): Promise<string> => (await page.getByText(/^\d{3} \d{3}$/).textContent()) ?? '';

  const logIn = async (language: Language, customer: string): Promise<void> => {
    await page.getByLabel(customer).check();
    await press(TEXTS[language].logIn.submit);
    await page.getByLabel(TEXTS[language].code.field).fill(await shownCode());
    await press(TEXTS[language].code.submit);
  };

  const returned = async (): Promise<Record<string, string>> => {
    await page.waitForURL(`${end.origin}/thanks`);
    expect(callback.calls).toHaveLength(1);
    return Object.fromEntries(new URL(callback.calls[0] ?? '', callback.origin).searchParams);
  };

  const expectGoodPage = async (language: string): Promise<void> => {
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await page.getByText('SANDBOX', { exact: true }).isVisible()).toBe(true);
    const overflow = await page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    for (const control of await page.locator('button:visible, .button, label.tile, .field input').all()) {
      expect((await control.boundingBox())?.height).toBeGreaterThanOrEqual(40);
    }
  };

  it.each([
    ['belfius', 'fr', 'Jan Peeters', ['Zichtrekening', 'Huishouden']],
    ['belfius', 'nl', 'Sophie Lambert', ['Compte commun']],
    ['banx', 'fr', 'Nicolas Fontaine', ['Compte à vue', 'Vacances']],
    ['banx', 'nl', 'Lotte Claes', ['Zichtrekening']],
  ] as const)(
    'lead through %s in %s without JavaScript on a phone',
    async (brand, language, customer, labels) => {
      const texts = TEXTS[language];
      await openPage();
      await visit(brand, language);
      expect(await heading()).toBe(texts.logIn.title);
      await expectGoodPage(language);
      await page.getByLabel(customer).check();
      await press(texts.logIn.submit);
      expect(await heading()).toBe(texts.code.title);
      await expectGoodPage(language);
      await page.getByLabel(texts.code.field).fill(await shownCode());
      await press(texts.code.submit);
      expect(await heading()).toBe(texts.consent.title.AIS);
      await expectGoodPage(language);
      for (const label of labels) await page.getByLabel(label).check();
      await press(texts.consent.approve);
      expect(await returned()).toEqual({
        flow: '1',
        code: expect.stringMatching(/^[\w-]{43}$/),
        state: STATE,
      });
      expect(complaints).toEqual([]);
    },
  );

  it.each(['fr', 'nl'] as const)('bring a refusal back to the TPP in %s', async (language) => {
    await openPage();
    await visit('belfius', language);
    await logIn(language, 'Jan Peeters');
    await press(TEXTS[language].consent.refuse);
    expect(await returned()).toMatchObject({ error: 'access_denied', state: STATE });
    expect(complaints).toEqual([]);
  });

  it('let the PSU go back before the log-in', async () => {
    await openPage();
    await visit('banx', 'nl');
    await press(TEXTS.nl.cancel('Consent Hub test'));
    expect(await returned()).toMatchObject({ error: 'access_denied', state: STATE });
  });

  it('let a developer play a failure', async () => {
    await openPage();
    await visit('belfius', 'fr');
    await page.getByText(TEXTS.fr.developers.title).click();
    await press(TEXTS.fr.developers.fail);
    expect(await returned()).toMatchObject({ error: 'server_error', state: STATE });
  });

  it('can be used by keyboard alone, with the focus in sight', async () => {
    await openPage();
    await visit('belfius', 'fr');
    /** Tabs until the focus is where it should be; every stop on the way must show. */
    const tabTo = async (selector: string): Promise<void> => {
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
    };
    await tabTo('input[name=psu]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/code$/);
    const code = await shownCode();
    await tabTo('#code');
    await page.keyboard.type(code.replace(' ', ''));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/consent$/);
    await tabTo('input[name=account]');
    await page.keyboard.press('Space');
    await tabTo('button[value=approve]');
    await page.keyboard.press('Enter');
    expect(await returned()).toMatchObject({ code: expect.any(String), state: STATE });
  });

  it('bring the focus to what is wrong, and from there to the field', async () => {
    await openPage();
    await visit('belfius', 'nl');
    await page.getByLabel('Jan Peeters').check();
    await press(TEXTS.nl.logIn.submit);
    await page.getByLabel(TEXTS.nl.code.field).fill('12');
    await press(TEXTS.nl.code.submit);
    const summary = page.getByRole('alert');
    expect(await summary.textContent()).toContain(TEXTS.nl.faults.wrong_code);
    expect(await page.title()).toMatch(/^Fout: /);
    expect(await summary.evaluate((element) => element.matches(':focus'))).toBe(true);
    await summary.getByRole('link').click();
    expect(await page.locator('#code').evaluate((element) => element.matches(':focus'))).toBe(true);
    await page.locator('#code').fill(await shownCode());
    await press(TEXTS.nl.code.submit);
    expect(await heading()).toBe(TEXTS.nl.consent.title.AIS);
  });

  it('keep the place in the flow when the language changes', async () => {
    await openPage();
    await visit('banx', 'fr');
    await page.getByLabel('Nicolas Fontaine').check();
    await press(TEXTS.fr.logIn.submit);
    const code = await shownCode();
    for (const language of ['nl', 'en', 'fr'] as const) {
      await page.getByRole('link', { name: TEXTS[language].languageName }).click();
      expect(await heading()).toBe(TEXTS[language].code.title);
      expect(await shownCode()).toBe(code);
    }
  });

  it('do not offer a savings account, and say why', async () => {
    await openPage();
    await visit('belfius', 'nl');
    await logIn('nl', 'Jan Peeters');
    expect(await page.getByLabel('Spaarrekening').isDisabled()).toBe(true);
    expect(await page.getByText(TEXTS.nl.consent.ineligible).isVisible()).toBe(true);
  });

  it('show a customer without an account the way out', async () => {
    await openPage();
    await visit('belfius', 'fr');
    await logIn('fr', 'Youssef El Amrani');
    expect(await page.getByText(TEXTS.fr.consent.noneTitle).isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: TEXTS.fr.consent.approve }).count()).toBe(0);
    await page.getByRole('link', { name: TEXTS.fr.otherCustomer }).click();
    expect(await heading()).toBe(TEXTS.fr.logIn.title);
  });

  it('show the one account of a request for funds confirmation', async () => {
    await openPage();
    await visit('belfius', 'fr', { scope: 'CAF', iban: 'BE34063590221490' });
    await logIn('fr', 'Marc Lambert');
    expect(await heading()).toBe(TEXTS.fr.consent.title.CAF);
    expect(await page.getByText('BE34 0635 9022 1490').isVisible()).toBe(true);
    await press(TEXTS.fr.consent.approve);
    expect(await returned()).toMatchObject({ code: expect.any(String) });
  });

  it('show a link that is used as used', async () => {
    await openPage();
    await visit('belfius', 'fr');
    const at = page.url();
    await press(TEXTS.fr.cancel('Consent Hub test'));
    await returned();
    await page.goto(at);
    expect(await heading()).toBe(TEXTS.fr.deadEnds.used_link.title);
    await expectGoodPage('fr');
  });

  it('bring a PSU who clicks twice back to the TPP all the same', async () => {
    await openPage();
    await visit('belfius', 'fr');
    await logIn('fr', 'Marie Dubois');
    await page.getByLabel('Compte à vue').check();
    const approve = page.getByRole('button', { name: TEXTS.fr.consent.approve });
    await approve.scrollIntoViewIfNeeded();
    const box = await approve.boundingBox();
    if (!box) throw new Error('The button cannot be clicked');
    callback.hold();
    for (let click = 1; click <= 2; click++) {
      await Promise.all([callback.nextCall(), page.mouse.click(box.x + 20, box.y + 20)]);
    }
    callback.release();
    await page.waitForURL(`${end.origin}/thanks`);
    expect(callback.calls).toEqual([callback.calls[0], callback.calls[0]]);
  });

  it('run nothing that a TPP hides in its name, with JavaScript on', async () => {
    const hostile = await bank.registerTpp('belfius');
    const name = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    await bank.tpps.register({ ...hostile, name });
    await openPage({ ...PHONE, javaScriptEnabled: true });
    await visit('belfius', 'fr', { tppId: hostile.id });
    expect(await page.getByText(name).first().isVisible()).toBe(true);
    await expectGoodPage('fr');
    await logIn('fr', 'Jan Peeters');
    await expectGoodPage('fr');
    expect(await page.getByText(name, { exact: true }).isVisible()).toBe(true);
    expect(await page.locator('img, script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
