import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Browser } from 'playwright-core';
import type { Brand, Language, Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { TEXTS } from '../../apps/sandbox-bank/src/authorize/texts/dictionaries.js';
import type { AuthorizationRequest } from '../../apps/sandbox-bank/src/model/consents/authorization.js';
import type { PaymentInstruction } from '../../apps/sandbox-bank/src/model/payments/payment.js';
import type { Tpp } from '../../apps/sandbox-bank/src/model/tpps/tpp.repository.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { PsuOfSite, STATE } from '../support/psu-browser.js';
import { startPsuPages } from '../../apps/sandbox-bank/testing/psu-pages.harness.js';
import { CODE_CHALLENGE, BankModel } from '../../apps/sandbox-bank/testing/bank-model.harness.js';
import { TppSite } from '../support/tpp-site.js';

jest.setTimeout(60_000);

const INSTRUCTION: PaymentInstruction = {
  amount: '1234.50',
  currency: 'EUR',
  creditor: { name: 'Bakkerij Vermeulen BV', iban: 'BE49091200881571' },
  communication: { kind: 'structured', text: '010806817183' },
  endToEndId: 'INV-2026-17',
};
const AMOUNT = { fr: '1\u202f234,50\u00a0€', nl: '€\u00a01.234,50' } as const;
const CODE = { flow: '1', code: expect.stringMatching(/^[\w-]{43}$/) as string, state: STATE };

describeInBrowser('the pages of the PSU for payments and authentications', () => {
  let database: TestDatabase;
  let bank: BankModel;
  let app: NestFastifyApplication;
  let browser: Browser;
  let end: TppSite;
  let callback: TppSite;
  let psu: PsuOfSite;
  const tpps = new Map<Brand, Tpp>();

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
  beforeEach(() => psu.open());
  afterEach(async () => {
    await psu.close();
    callback.calls.length = 0;
  });

  const tppOf = (brand: Brand): Tpp => {
    const tpp = tpps.get(brand);
    if (!tpp) throw new Error('No such TPP');
    return tpp;
  };
  const redirectUri = (): string => `${callback.origin}/callback?flow=1`;
  const firstOf = (links: readonly { appToken: Secret }[]): Secret => {
    const [link] = links;
    if (!link) throw new Error('There is no link');
    return link.appToken;
  };

  /** Follows the link of a payment; returns the result. */
  const visitPayment = async (
    brand: Brand,
    language: Language,
    instruction: Partial<PaymentInstruction> = {},
    changes: Partial<AuthorizationRequest> = {},
  ): Promise<() => Promise<string | undefined>> => {
    const tpp = tppOf(brand);
    const { paymentId, links } = await bank.authorizations.openPayment(
      {
        tppId: tpp.id,
        redirectUri: redirectUri(),
        codeChallenge: CODE_CHALLENGE,
        iban: null,
        languages: [language],
        ...changes,
      },
      { product: 'sepa-credit-transfers', instruction: { ...INSTRUCTION, ...instruction } },
    );
    await psu.followLink(brand, language, firstOf(links), 'PSD2_PIS');
    return async () => (await bank.payments.find(tpp.id, 'sepa-credit-transfers', paymentId))?.status;
  };

  it.each([
    ['belfius', 'fr', 'Jan Peeters', 'Huishouden'],
    ['belfius', 'nl', 'Marie Dubois', 'Compte à vue'],
    ['banx', 'nl', 'Lotte Claes', 'Zichtrekening'],
  ] as const)(
    'lead to a signed payment through %s in %s without JavaScript on a phone',
    async (brand, language, customer, account) => {
      const texts = TEXTS[language];
      const status = await visitPayment(brand, language);
      expect(await psu.heading()).toBe(texts.logIn.title);
      expect(await psu.page.getByText(texts.logIn.intro.payment('Consent Hub test')).isVisible()).toBe(true);
      await psu.expectGoodPage(language);
      await psu.logIn(language, customer);
      expect(await psu.heading()).toBe(texts.payment.title);
      await psu.expectGoodPage(language);
      const order = await psu.page.locator('dl').innerText();
      for (const shown of [
        AMOUNT[language],
        'Bakkerij Vermeulen BV',
        'BE49 0912 0088 1571',
        '+++010/8068/17183+++',
        'INV-2026-17',
        texts.payment.atOnce,
      ])
        expect(order).toContain(shown);
      expect(await status()).toBe('RCVD');
      await psu.page.getByLabel(account).check();
      await psu.press(texts.payment.sign);
      expect(await psu.returned()).toEqual(CODE);
      expect(await status()).toBe('ACSC');
      expect(psu.complaints).toEqual([]);
    },
  );

  it.each([
    ['fr', 'Refuser', 'access_denied'],
    ['nl', 'Weigeren', 'access_denied'],
  ] as const)(
    'bring a refusal back to the TPP in %s, and nothing is paid',
    async (language, refuse, error) => {
      const status = await visitPayment('belfius', language);
      await psu.logIn(language, 'Jan Peeters');
      await psu.press(refuse);
      expect(await psu.returned()).toMatchObject({ error, state: STATE });
      expect(await status()).toBe('RJCT');
    },
  );

  it('show the account that the TPP named, and bring nothing but the state to one that holds a pair', async () => {
    const status = await visitPayment(
      'belfius',
      'nl',
      { executionDate: '2099-01-31' },
      { iban: 'BE60068223114070', boundPsuId: 'jan-peeters', returnsCode: false, codeChallenge: null },
    );
    expect(await psu.page.locator('input[name=psu]').count()).toBe(1);
    await psu.logIn('nl', 'Jan Peeters');
    expect(await psu.page.getByText('zaterdag 31 januari 2099').isVisible()).toBe(true);
    expect(await psu.page.getByText('BE60 0682 2311 4070').isVisible()).toBe(true);
    expect(await psu.page.locator('input[name=account]').count()).toBe(0);
    await psu.press(TEXTS.nl.payment.sign);
    expect(await psu.returned()).toEqual({ flow: '1', state: STATE });
    expect(await status()).toBe('PDNG');
  });

  it('ask again for the account to pay from, at the place that is wrong', async () => {
    const status = await visitPayment('belfius', 'fr');
    await psu.logIn('fr', 'Jan Peeters');
    await psu.press(TEXTS.fr.payment.sign);
    const summary = psu.page.getByRole('alert');
    expect(await summary.textContent()).toContain(TEXTS.fr.faults.no_debtor);
    expect(await psu.page.title()).toMatch(/^Erreur/);
    expect(await summary.evaluate((element) => element.matches(':focus'))).toBe(true);
    await summary.getByRole('link').click();
    expect(await psu.page.locator('#account').evaluate((element) => element.matches(':focus'))).toBe(true);
    await psu.expectGoodPage('fr');
    expect(await status()).toBe('RCVD');
  });

  it('can be used by keyboard alone, with the focus in sight', async () => {
    const status = await visitPayment('belfius', 'nl');
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
    expect(await psu.returned()).toEqual(CODE);
    expect(await status()).toBe('ACSC');
  });

  it.each(['fr', 'nl'] as const)('let a PSU prove again who they are, in %s', async (language) => {
    const tpp = tppOf('belfius');
    const code = await bank.approvedCode(tpp);
    expect(await bank.tokens.redeem(code)).toHaveProperty('scaToken');
    const asked = { tppId: tpp.id, psuId: 'jan-peeters', redirectUri: redirectUri(), languages: [language] };
    await psu.followLink('belfius', language, firstOf(await bank.authorizations.openSca(asked)));
    const texts = TEXTS[language].sca;
    expect(await psu.page.locator('input[name=psu]').count()).toBe(1);
    await psu.logIn(language, 'Jan Peeters');
    expect(await psu.heading()).toBe(texts.title);
    await psu.expectGoodPage(language);
    expect(await psu.page.getByText(texts.purpose).isVisible()).toBe(true);
    expect(await psu.page.getByText('BE60 0682 2311 4070, BE49 0682 2311 4171').isVisible()).toBe(true);
    await psu.press(texts.confirm);
    expect(await psu.returned()).toEqual({
      flow: '1',
      sca_token: expect.stringMatching(/^[\w.-]{43,}$/) as string,
      state: STATE,
    });
    expect(psu.complaints).toEqual([]);
  });

  it('say when the consent that an authentication was for has ended', async () => {
    const tpp = await bank.registerTpp('belfius');
    const asked = {
      tppId: tpp.id,
      psuId: 'jan-peeters',
      redirectUri: redirectUri(),
      languages: ['fr'] as const,
    };
    await psu.followLink('belfius', 'fr', firstOf(await bank.authorizations.openSca(asked)));
    await psu.logIn('fr', 'Jan Peeters');
    expect(await psu.page.getByText(TEXTS.fr.sca.overTitle).isVisible()).toBe(true);
    await psu.expectGoodPage('fr');
    await psu.press(TEXTS.fr.sca.refuse);
    expect(await psu.returned()).toMatchObject({ error: 'access_denied' });
  });

  it.each(['fr', 'nl'] as const)(
    'show the one account that the TPP named for information, in %s',
    async (language) => {
      const { appToken } = await bank.open(tppOf('belfius'), {
        iban: 'BE60068223114070',
        redirectUri: redirectUri(),
        languages: [language],
      });
      await psu.followLink('belfius', language, appToken);
      await psu.logIn(language, 'Jan Peeters');
      expect(await psu.page.getByText(TEXTS[language].consent.purposeOfOne.AIS).isVisible()).toBe(true);
      expect(await psu.page.getByText('BE60 0682 2311 4070').isVisible()).toBe(true);
      await psu.press(TEXTS[language].consent.approve);
      expect(await psu.returned()).toEqual(CODE);
    },
  );
});
