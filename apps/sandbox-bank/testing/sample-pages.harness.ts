import type {
  AccountChoice,
  CodePage,
  ConsentPage,
  DeadEndPage,
  LogInPage,
  PaymentPage,
  ScaPage,
  VisitFrame,
} from '../src/authorize/page.js';
import type { UiLanguage } from '../src/authorize/ui-language.js';

/** A change of a sample page, down into its frame. */
type Changes<P> = Partial<Omit<P, 'frame'>> & { readonly frame?: Partial<VisitFrame> };

const links = (step: string): Record<UiLanguage, string> => ({
  fr: `/fr/${step}`,
  nl: `/nl/${step}`,
  en: `/en/${step}`,
});

const frame = (changes: Partial<VisitFrame> = {}): VisitFrame => ({
  brand: 'belfius',
  purpose: 'consent',
  language: 'fr',
  languageLinks: links('step'),
  tppName: 'Budget App',
  redirectUri: 'https://tpp.example/callback',
  failure: 'server_error',
  csrf: 'the-csrf-token',
  paths: { 'log-in': '/fr/log-in', code: '/fr/code', consent: '/fr/consent' },
  ...changes,
});

export const logInPage = (changes: Changes<LogInPage> = {}): LogInPage => ({
  name: 'log-in',
  customers: [
    { id: 'jan', name: 'Jan Peeters', kind: 'one', currencies: 1, holdsRequested: false },
    { id: 'claire', name: 'Claire Renard', kind: 'one', currencies: 1, holdsRequested: false },
  ],
  chosen: null,
  requestedIban: null,
  fault: null,
  ...changes,
  frame: frame(changes.frame),
});

export const codePage = (changes: Changes<CodePage> = {}): CodePage => ({
  name: 'code',
  customer: 'Jan Peeters',
  code: '012345',
  fault: null,
  ...changes,
  frame: frame(changes.frame),
});

const account = { holder: 'Jan Peeters', currency: 'EUR', balance: '1204.90', eligible: true };

export const accountChoice = (changes: Partial<AccountChoice> = {}): AccountChoice => ({
  requestedIban: null,
  accounts: [
    { ...account, iban: 'BE60068223114070', label: 'Zichtrekening' },
    { ...account, iban: 'BE49068223114171', label: 'Huishouden' },
    { ...account, iban: 'BE20055771300256', label: 'Spaarrekening', eligible: false },
  ],
  chosen: [],
  ...changes,
});

export const consentPage = (changes: Changes<ConsentPage> = {}): ConsentPage => ({
  name: 'consent',
  scope: 'AIS',
  customer: 'Jan Peeters',
  choice: accountChoice(),
  validUntil: new Date('2026-08-28T10:00:00Z'),
  validDays: 180,
  fault: null,
  ...changes,
  frame: frame(changes.frame),
});

export const paymentPage = (changes: Changes<PaymentPage> = {}): PaymentPage => ({
  name: 'payment',
  customer: 'Jan Peeters',
  product: 'sepa-credit-transfers',
  instruction: {
    amount: '1234.50',
    currency: 'EUR',
    creditor: { name: 'Bakkerij Vermeulen BV', iban: 'BE49091200881571' },
    communication: { kind: 'free', text: 'Factuur 2026/17' },
    endToEndId: 'INV-2026-17',
  },
  choice: accountChoice(),
  fault: null,
  ...changes,
  frame: frame({ purpose: 'payment', ...changes.frame }),
});

export const scaPage = (changes: Changes<ScaPage> = {}): ScaPage => ({
  name: 'sca',
  customer: 'Jan Peeters',
  consent: { ibans: ['BE60068223114070'], expiresAt: new Date('2026-08-28T10:00:00Z') },
  fault: null,
  ...changes,
  frame: frame({ purpose: 'sca', ...changes.frame }),
});

export const deadEndPage = (changes: Changes<DeadEndPage> = {}): DeadEndPage => ({
  name: 'dead-end',
  reason: 'used_link',
  ...changes,
  frame: frame(changes.frame),
});
