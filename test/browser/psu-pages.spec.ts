import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Browser } from 'playwright-core';
import type { Brand, Language } from '@consent-hub/psd2-protocol';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { AuthorizationRequest } from '../../apps/sandbox-bank/src/model/consents/authorization.js';
import type { Tpp } from '../../apps/sandbox-bank/src/model/tpps/tpp.repository.js';
import { TEXTS } from '../../apps/sandbox-bank/src/authorize/texts/dictionaries.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { faultsOfPage } from '../support/page-checks.js';
import { PHONE, PsuOfSite, STATE } from '../support/psu-browser.js';
import { startPsuPages } from '../../apps/sandbox-bank/testing/psu-pages.harness.js';
import { BankModel } from '../../apps/sandbox-bank/testing/bank-model.harness.js';
import { TppSite } from '../support/tpp-site.js';

jest.setTimeout(60_000);

describeInBrowser('the pages of the PSU in a browser', () => {
  let database: TestDatabase;
  let bank: BankModel;
  let app: NestFastifyApplication;
  let browser: Browser;
  let end: TppSite;
  let callback: TppSite;
  const tpps = new Map<Brand, Tpp>();
  let psu: PsuOfSite;

  beforeAll(async () => {
    database = await createTestDatabase();
    const source = await database.open();
    bank = new BankModel(source);
    await bank.enrolCustomers();
    for (const brand of ['belfius', 'banx'] as const) tpps.set(brand, await bank.registerTpp(brand));
    app = await startPsuPages(source);
    await app.listen(0, '127.0.0.1');
    end = await new TppSite().listen();
    callback = await new TppSite(`${end.origin}/thanks`).listen();
    browser = await launchChromium();
    psu = new PsuOfSite(browser, app, callback, end);
  });
  afterAll(async () => {
    await browser.close();
    for (const site of [callback, end]) site.close();
    await app.close();
    await database.drop();
  });
  afterEach(async () => {
    await psu.close();
    callback.calls.length = 0;
  });

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
    await psu.followLink(brand, language, appToken);
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
      await psu.open();
      await visit(brand, language);
      expect(await psu.heading()).toBe(texts.logIn.title);
      await psu.expectGoodPage(language);
      await psu.page.getByLabel(customer).check();
      await psu.press(texts.logIn.submit);
      expect(await psu.heading()).toBe(texts.code.title);
      await psu.expectGoodPage(language);
      await psu.page.getByLabel(texts.code.field).fill(await psu.shownCode());
      await psu.press(texts.code.submit);
      expect(await psu.heading()).toBe(texts.consent.title.AIS);
      await psu.expectGoodPage(language);
      for (const label of labels) await psu.page.getByLabel(label).check();
      await psu.press(texts.consent.approve);
      expect(await psu.returned()).toEqual({
        flow: '1',
        code: expect.stringMatching(/^[\w-]{43}$/),
        state: STATE,
      });
      expect(psu.complaints).toEqual([]);
    },
  );

  it.each(['fr', 'nl'] as const)('bring a refusal back to the TPP in %s', async (language) => {
    await psu.open();
    await visit('belfius', language);
    await psu.logIn(language, 'Jan Peeters');
    await psu.press(TEXTS[language].consent.refuse);
    expect(await psu.returned()).toMatchObject({ error: 'access_denied', state: STATE });
    expect(psu.complaints).toEqual([]);
  });

  it('let the PSU go back before the log-in', async () => {
    await psu.open();
    await visit('banx', 'nl');
    await psu.press(TEXTS.nl.cancel('Consent Hub test'));
    expect(await psu.returned()).toMatchObject({ error: 'access_denied', state: STATE });
  });

  it('let a developer play a failure', async () => {
    await psu.open();
    await visit('belfius', 'fr');
    await psu.page.getByText(TEXTS.fr.developers.title).click();
    await psu.press(TEXTS.fr.developers.fail);
    expect(await psu.returned()).toMatchObject({ error: 'server_error', state: STATE });
  });

  it('can be used by keyboard alone, with the focus in sight', async () => {
    await psu.open();
    await visit('belfius', 'fr');
    await psu.tabTo('input[name=psu]');
    await psu.page.keyboard.press('ArrowDown');
    await psu.page.keyboard.press('Enter');
    await psu.page.waitForURL(/\/code$/);
    const code = await psu.shownCode();
    await psu.tabTo('#code');
    await psu.page.keyboard.type(code.replace(' ', ''));
    await psu.page.keyboard.press('Enter');
    await psu.page.waitForURL(/\/consent$/);
    await psu.tabTo('input[name=account]');
    await psu.page.keyboard.press('Space');
    await psu.tabTo('button[value=approve]');
    await psu.page.keyboard.press('Enter');
    expect(await psu.returned()).toMatchObject({ code: expect.any(String), state: STATE });
  });

  it('bring the focus to what is wrong, and from there to the field', async () => {
    await psu.open();
    await visit('belfius', 'nl');
    await psu.page.getByLabel('Jan Peeters').check();
    await psu.press(TEXTS.nl.logIn.submit);
    await psu.page.getByLabel(TEXTS.nl.code.field).fill('12');
    await psu.press(TEXTS.nl.code.submit);
    const summary = psu.page.getByRole('alert');
    expect(await summary.textContent()).toContain(TEXTS.nl.faults.wrong_code);
    expect(await psu.page.title()).toMatch(/^Fout: /);
    expect(await summary.evaluate((element) => element.matches(':focus'))).toBe(true);
    await summary.getByRole('link').click();
    expect(await psu.page.locator('#code').evaluate((element) => element.matches(':focus'))).toBe(true);
    await psu.page.locator('#code').fill(await psu.shownCode());
    await psu.press(TEXTS.nl.code.submit);
    expect(await psu.heading()).toBe(TEXTS.nl.consent.title.AIS);
  });

  it('keep the place in the flow when the language changes', async () => {
    await psu.open();
    await visit('banx', 'fr');
    await psu.page.getByLabel('Nicolas Fontaine').check();
    await psu.press(TEXTS.fr.logIn.submit);
    const code = await psu.shownCode();
    for (const language of ['nl', 'en', 'fr'] as const) {
      await psu.page.getByRole('link', { name: TEXTS[language].languageName }).click();
      expect(await psu.heading()).toBe(TEXTS[language].code.title);
      expect(await psu.shownCode()).toBe(code);
    }
  });

  it('do not offer a savings account, and say why', async () => {
    await psu.open();
    await visit('belfius', 'nl');
    await psu.logIn('nl', 'Jan Peeters');
    expect(await psu.page.getByLabel('Spaarrekening').isDisabled()).toBe(true);
    expect(await psu.page.getByText(TEXTS.nl.consent.accounts.ineligible).isVisible()).toBe(true);
  });

  it('show a customer without an account the way out', async () => {
    await psu.open();
    await visit('belfius', 'fr');
    await psu.logIn('fr', 'Youssef El Amrani');
    expect(await psu.page.getByText(TEXTS.fr.consent.accounts.noneTitle).isVisible()).toBe(true);
    expect(await psu.page.getByRole('button', { name: TEXTS.fr.consent.approve }).count()).toBe(0);
    await psu.page.getByRole('link', { name: TEXTS.fr.otherCustomer }).click();
    expect(await psu.heading()).toBe(TEXTS.fr.logIn.title);
  });

  it('show the one account of a request for funds confirmation', async () => {
    await psu.open();
    await visit('belfius', 'fr', { scope: 'CAF', iban: 'BE34063590221490' });
    await psu.logIn('fr', 'Marc Lambert');
    expect(await psu.heading()).toBe(TEXTS.fr.consent.title.CAF);
    expect(await psu.page.getByText('BE34 0635 9022 1490').isVisible()).toBe(true);
    await psu.press(TEXTS.fr.consent.approve);
    expect(await psu.returned()).toMatchObject({ code: expect.any(String) });
  });

  it('say what each customer is for, the most useful first, with the button in sight on a desk', async () => {
    await psu.open({ viewport: { width: 1280, height: 860 } });
    await visit('belfius', 'fr');
    const texts = TEXTS.fr.logIn;
    const tiles = await psu.page.locator('label.tile').allInnerTexts();
    expect(tiles[0]).toMatch(new RegExp(`^Marie Dubois\\s+${texts.cases.one(1)}$`));
    const kindOf = (name: string) =>
      tiles
        .find((tile) => tile.startsWith(name))
        ?.split('\n')
        .at(-1);
    expect(kindOf('Sophie Lambert')).toBe('Un compte commun');
    expect(kindOf('Els Janssens')).toBe('Comptes en trois devises');
    expect(kindOf('Youssef El Amrani')).toBe('Aucun compte');
    expect(tiles.findIndex((tile) => tile.startsWith('Youssef'))).toBeGreaterThan(tiles.length / 2);
    const box = await psu.page.getByRole('button', { name: texts.submit }).boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(860);
  });

  it('show balances in one column on a phone', async () => {
    await psu.open();
    await visit('belfius', 'nl');
    await psu.logIn('nl', 'Jan Peeters');
    const ends = await psu.page
      .locator('.balance')
      .evaluateAll((all) => all.map((each) => Math.round(each.getBoundingClientRect().right)));
    expect(ends.length).toBeGreaterThan(2);
    expect(new Set(ends).size).toBe(1);
  });

  it.each(['fr', 'nl', 'en'] as const)(
    'say at the balance that only the customer sees it, where funds are confirmed, in %s',
    async (language) => {
      await psu.open();
      await visit('belfius', 'fr', { scope: 'CAF', iban: 'BE34063590221490' });
      await psu.logIn('fr', 'Marc Lambert');
      await psu.page.getByRole('link', { name: TEXTS[language].languageName }).click();
      expect(await psu.page.locator('.balance').innerText()).toContain(TEXTS[language].consent.onlyYou);
    },
  );

  it('call a consent the same in Dutch on every page', async () => {
    const words = JSON.stringify(TEXTS.nl, (_key, text: unknown) =>
      typeof text === 'function' ? String(text) : text,
    );
    expect(words).not.toMatch(/akkoord|instemming/i);
    await psu.open();
    await visit('belfius', 'nl');
    expect(await psu.page.getByRole('list', { name: TEXTS.nl.progress }).innerText()).toContain(
      'Toestemming',
    );
  });

  it('have a button on every dead end', async () => {
    await psu.open();
    for (const path of [
      '/belfius/common/de/fw/generic/launcher.html',
      '/belfius/common/fr/fw/generic/launcher.html',
      '/belfius/common/nl/fw/generic/launcher.html?appkey=PSD2_AIS&apptoken=unknown&state=s',
    ]) {
      await psu.page.goto((await app.getUrl()) + path);
      expect(await psu.page.locator('main .button').first().getAttribute('href')).toBe('/');
    }
  });

  it('have no fault that axe finds, on a telephone and a desk, light and dark', async () => {
    await psu.open({ ...PHONE, javaScriptEnabled: true });
    const check = async (): Promise<void> => expect(await faultsOfPage(psu.page)).toEqual([]);
    await visit('belfius', 'nl');
    await check();
    await psu.logIn('nl', 'Jan Peeters');
    await check();
    await psu.page.getByRole('link', { name: TEXTS.en.languageName }).click();
    await check();
  });

  it('show a link that is used as used', async () => {
    await psu.open();
    await visit('belfius', 'fr');
    const at = psu.page.url();
    await psu.press(TEXTS.fr.cancel('Consent Hub test'));
    await psu.returned();
    await psu.page.goto(at);
    expect(await psu.heading()).toBe(TEXTS.fr.deadEnds.used_link.title);
    await psu.expectGoodPage('fr');
  });

  it('bring a PSU who clicks twice back to the TPP all the same', async () => {
    await psu.open();
    await visit('belfius', 'fr');
    await psu.logIn('fr', 'Marie Dubois');
    await psu.page.getByLabel('Compte à vue').check();
    const approve = psu.page.getByRole('button', { name: TEXTS.fr.consent.approve });
    await approve.scrollIntoViewIfNeeded();
    const box = await approve.boundingBox();
    if (!box) throw new Error('The button cannot be clicked');
    callback.hold();
    for (let click = 1; click <= 2; click++) {
      await Promise.all([callback.nextCall(), psu.page.mouse.click(box.x + 20, box.y + 20)]);
    }
    callback.release();
    await psu.page.waitForURL(`${end.origin}/thanks`);
    expect(callback.calls).toEqual([callback.calls[0], callback.calls[0]]);
  });

  it('run nothing that a TPP hides in its name, with JavaScript on', async () => {
    const hostile = await bank.registerTpp('belfius');
    const name = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    await bank.tpps.register({ ...hostile, name });
    await psu.open({ ...PHONE, javaScriptEnabled: true });
    await visit('belfius', 'fr', { tppId: hostile.id });
    expect(await psu.page.getByText(name).first().isVisible()).toBe(true);
    await psu.expectGoodPage('fr');
    await psu.logIn('fr', 'Jan Peeters');
    await psu.expectGoodPage('fr');
    expect(await psu.page.getByText(name, { exact: true }).isVisible()).toBe(true);
    expect(await psu.page.locator('img, script').count()).toBe(0);
    expect(psu.complaints).toEqual([]);
  });
});
