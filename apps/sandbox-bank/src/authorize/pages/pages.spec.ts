import {
  accountChoice,
  codePage,
  consentPage,
  deadEndPage,
  logInPage,
  paymentPage,
  scaPage,
} from '../../../testing/sample-pages.harness.js';
import type { PaymentInstruction } from '../../model/payments/payment.js';
import { DEAD_END_STATUS, type DeadEnd, type Page } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';
import { UI_LANGUAGES, type UiLanguage } from '../ui-language.js';
import { renderPage } from './render.js';

const REASONS = Object.keys(DEAD_END_STATUS) as DeadEnd[];
const every = (language: UiLanguage): Page[] => [
  logInPage({ frame: { language } }),
  logInPage({ frame: { language }, fault: 'no_customer' }),
  codePage({ frame: { language } }),
  codePage({ frame: { language }, fault: 'wrong_code' }),
  consentPage({ frame: { language } }),
  consentPage({ frame: { language }, fault: 'no_account' }),
  paymentPage({ frame: { language } }),
  paymentPage({ frame: { language }, fault: 'no_debtor' }),
  paymentPage({ frame: { language }, choice: accountChoice({ accounts: [] }) }),
  scaPage({ frame: { language } }),
  scaPage({ frame: { language }, consent: null, fault: 'consent_over' }),
  ...REASONS.map((reason) => deadEndPage({ frame: { language }, reason })),
];
const PAGES = UI_LANGUAGES.flatMap((language) =>
  every(language).map((page): [string, Page] => [`${language} ${page.name}`, page]),
);

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const tags = (html: string, name: string): string[] => html.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? [];
const ids = (html: string): string[] => [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id ?? '');

describe.each(PAGES)('the page %s', (_name, page) => {
  const html = renderPage(page);
  const texts = TEXTS[page.frame.language];

  it('says in its own language that it is a sandbox', () => {
    expect(html).toContain(`<html lang="${page.frame.language}" data-brand="belfius">`);
    expect(html).toContain('<strong>SANDBOX</strong>');
    expect(html).toContain(escaped(texts.banner));
    expect(html).toMatch(/<title>[^<]+ – Belfius Sandbox<\/title>/);
  });

  it('needs no script and no inline style', () => {
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|javascript:/i);
  });

  it('has one main heading, no id twice, and no reference to an id that is not there', () => {
    expect(tags(html, 'h1')).toHaveLength(1);
    expect(new Set(ids(html)).size).toBe(ids(html).length);
    const references = [...html.matchAll(/ (?:for|aria-labelledby|aria-describedby|href)="(#?[^"/]+)"/g)];
    for (const [, reference] of references) {
      for (const id of (reference ?? '').replace('#', '').split(' ')) expect(ids(html)).toContain(id);
    }
  });

  it('labels every field and invites no credential', () => {
    for (const input of tags(html, 'input')) {
      const isLabelled = / type="(hidden|radio|checkbox)"/.test(input) || / id="code"/.test(input);
      expect([input, isLabelled]).toEqual([input, true]);
    }
    expect(html).not.toMatch(/type="(password|email|tel)"|autocomplete="(?!off")/);
  });

  it('can be read in each language', () => {
    for (const language of UI_LANGUAGES)
      expect(html).toContain(`href="${page.frame.languageLinks[language]}"`);
  });

  it('gives every form the token of the session', () => {
    expect(html.match(/name="csrf" value="the-csrf-token"/g) ?? []).toHaveLength(tags(html, 'form').length);
  });
});

describe('texts from elsewhere', () => {
  const HOSTILE = '"><img src=x onerror="alert(1)">&\'';

  it.each<[string, Page]>([
    ['a TPP’s name on the log-in', logInPage({ frame: { tppName: HOSTILE } })],
    ['a TPP’s name on the code', codePage({ frame: { tppName: HOSTILE } })],
    ['a TPP’s name on the decision', consentPage({ frame: { tppName: HOSTILE } })],
    [
      'a customer’s name',
      logInPage({
        customers: [{ id: HOSTILE, name: HOSTILE, kind: 'one', currencies: 1, holdsRequested: false }],
      }),
    ],
    [
      'an account',
      consentPage({
        choice: accountChoice({
          accounts: [
            {
              iban: HOSTILE,
              label: HOSTILE,
              holder: HOSTILE,
              currency: 'EUR',
              balance: '1.00',
              eligible: false,
            },
          ],
        }),
      }),
    ],
    [
      'a beneficiary',
      paymentPage({
        instruction: { amount: '1.00', currency: 'EUR', creditor: { name: HOSTILE, bban: HOSTILE } },
      }),
    ],
    [
      'a message',
      paymentPage({
        instruction: {
          ...paymentPage().instruction,
          communication: { kind: 'free', text: HOSTILE },
          endToEndId: HOSTILE,
        },
      }),
    ],
    ['a link', deadEndPage({ frame: { languageLinks: { fr: HOSTILE, nl: HOSTILE, en: HOSTILE } } })],
  ])('%s is shown as it is and never becomes markup', (_what, page) => {
    const html = renderPage(page);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('onerror="');
    expect(html).toContain('&quot;>&lt;img src=x onerror=&quot;alert(1)&quot;>&amp;');
  });
});

describe('a form that comes back with a fault', () => {
  it.each<[string, Page, string, string]>([
    ['log-in', logInPage({ fault: 'no_customer' }), 'psu-0', 'no_customer'],
    ['code', codePage({ fault: 'wrong_code' }), 'code', 'wrong_code'],
    ['decision', consentPage({ fault: 'no_account' }), 'account', 'no_account'],
    ['payment', paymentPage({ fault: 'no_debtor' }), 'account', 'no_debtor'],
  ])(
    'says it in the title, above the heading with a link to the field, and next to the field: %s',
    (_name, page, field, fault) => {
      const html = renderPage(page);
      const text = TEXTS.fr.faults[fault as keyof typeof TEXTS.fr.faults];
      expect(html).toMatch(/<title>Erreur/);
      expect(html).toContain(`<a href="#${field}">${escaped(text)}</a>`);
      expect(html.split(escaped(text))).toHaveLength(3);
      expect(html.indexOf('role="alert"')).toBeLessThan(html.indexOf('<h1>'));
    },
  );
});

describe('the page of the decision on a consent', () => {
  const checkboxOf = (html: string, iban: string): string =>
    tags(html, 'input').find((input) => input.includes(`value="${iban}"`)) ?? '';

  it('names who asks, for what and until when', () => {
    const html = renderPage(consentPage({ frame: { language: 'nl' } }));
    expect(html).toContain('<dd class="who">Budget App</dd>');
    expect(html).toContain(TEXTS.nl.consent.purpose.AIS);
    expect(html).toContain('Tot 28 augustus 2026 (180 dagen)');
  });

  it('shows what cannot be shared, disabled and with the reason', () => {
    const html = renderPage(consentPage());
    expect(checkboxOf(html, 'BE20055771300256')).toContain('disabled');
    expect(checkboxOf(html, 'BE60068223114070')).not.toContain('disabled');
    expect(html.split(escaped(TEXTS.fr.consent.accounts.ineligible))).toHaveLength(2);
  });

  it('keeps the ticks of a form that comes back', () => {
    const html = renderPage(
      consentPage({
        fault: 'account_refused',
        choice: accountChoice({ chosen: ['BE49068223114171'] }),
      }),
    );
    expect(checkboxOf(html, 'BE49068223114171')).toContain('checked');
    expect(checkboxOf(html, 'BE60068223114070')).not.toContain('checked');
  });

  it('asks for one account to pay from, and for several to inform about', () => {
    expect(tags(renderPage(paymentPage()), 'input').join()).not.toContain('checkbox');
    expect(tags(renderPage(consentPage()), 'input').join()).not.toContain('radio');
  });

  it('shows the account that the TPP named without a choice', () => {
    const accounts = accountChoice().accounts.slice(0, 1);
    const html = renderPage(
      consentPage({ choice: accountChoice({ requestedIban: 'BE60068223114070', accounts }) }),
    );
    expect(html).toContain(TEXTS.fr.consent.purposeOfOne.AIS);
    expect(html).toContain('BE60 0682 2311 4070');
    expect(html).not.toMatch(/type="(checkbox|radio)"/);
    expect(html).toContain('value="approve"');
  });

  it.each([
    ['has nothing to share', { accounts: [] }, TEXTS.fr.consent.accounts.noneTitle],
    [
      'does not hold the account asked for',
      { accounts: [], requestedIban: 'BE60068223114070' },
      TEXTS.fr.consent.accounts.notHeldTitle,
    ],
  ])('explains and leads on when the customer %s', (_what, changes, title) => {
    const html = renderPage(consentPage({ choice: accountChoice(changes) }));
    expect(html).toContain(escaped(title));
    expect(html).not.toContain('value="approve"');
    expect(html).toContain('value="refuse"');
    expect(html).toContain('href="/fr/log-in"');
  });
});

describe('the page of the decision on a payment', () => {
  const shown = (changes: Partial<PaymentInstruction> = {}): string =>
    renderPage(paymentPage({ instruction: { ...paymentPage().instruction, ...changes } }));

  it('shows the amount, who receives it on which account, the message, the reference and the day', () => {
    const html = shown({ executionDate: '2026-11-30' });
    for (const text of [
      '<dd class="amount">1\u202f234,50\u00a0€</dd>',
      '<dd class="who">Bakkerij Vermeulen BV</dd>',
      'BE49 0912 0088 1571',
      'Factuur 2026/17',
      'INV-2026-17',
      'lundi 30 novembre 2026',
      TEXTS.fr.payment.products['sepa-credit-transfers'],
      'Budget App',
    ])
      expect(html).toContain(text);
  });

  it('says that it is paid as soon as it is signed, unless it names a day', () => {
    expect(shown()).toContain(TEXTS.fr.payment.atOnce);
  });

  it('shows every part of an account that is no IBAN, and who bears the charges', () => {
    const creditor = { name: 'Acme Inc', bban: '0012345678', nationalBankId: '021000021' };
    const html = shown({ creditor, currency: 'USD', chargeBearer: 'SHAR' });
    for (const text of ['0012345678', '021000021', 'US', TEXTS.fr.payment.charges['SHAR'] ?? ''])
      expect(html).toContain(text);
  });

  it('groups a structured communication as a transfer form does', () => {
    expect(shown({ communication: { kind: 'structured', text: '010806817183' } })).toContain(
      '+++010/8068/17183+++',
    );
  });
});

describe('the page of the decision on an authentication', () => {
  it('names who asks, the accounts and the end of the consent, and asks for no choice', () => {
    const html = renderPage(scaPage({ frame: { language: 'nl' } }));
    for (const text of ['Budget App', 'BE60 0682 2311 4070', 'Tot 28 augustus 2026', TEXTS.nl.sca.purpose])
      expect(html).toContain(text);
    expect(html).not.toMatch(/type="(checkbox|radio)"/);
  });

  it('offers no confirmation of a consent that has ended', () => {
    const html = renderPage(scaPage({ consent: null }));
    expect(html).toContain(escaped(TEXTS.fr.sca.overTitle));
    expect(html).not.toContain('value="approve"');
  });
});
