import type { Texts } from './texts.js';

export const EN: Texts = {
  languageName: 'English',
  languageSwitch: 'Language',
  skipToContent: 'Skip to content',
  banner: 'Sandbox – not a real bank. Never enter real credentials.',
  footer:
    'A simulation for developers, not connected to the bank. Its name only says which interface is simulated.',
  progress: 'Steps',
  steps: ['Customer', 'Code'],
  lastStep: { consent: 'Consent', payment: 'Signature', sca: 'Identity' },
  errorPrefix: 'Error: ',
  errorHeading: 'There is a problem',
  faults: {
    no_customer: 'Choose a test customer.',
    empty_code: 'Type the six-digit code shown on this page.',
    wrong_code: 'This is not the code shown on the page. Check the six digits and try again.',
    no_account: 'Choose at least one account to share.',
    account_refused: 'The bank cannot share this selection. Choose again.',
    no_debtor: 'Choose the account to pay from.',
    debtor_refused: 'The bank cannot pay from this account. Choose again.',
    consent_over: 'The consent that this is about has ended. Choose “Refuse” to go back.',
  },
  logIn: {
    title: 'Who are you?',
    intro: {
      consent: (tppName) =>
        `${tppName} sent you here to ask for your consent. Choose the fictitious customer you play.`,
      payment: (tppName) =>
        `${tppName} sent you here to sign a payment. Choose the fictitious customer you play.`,
      sca: (tppName) =>
        `${tppName} sent you here to prove again who you are. Choose the fictitious customer you play.`,
    },
    legend: 'Test customers',
    cases: {
      one: () => 'One account',
      several: () => 'Several accounts',
      joint: () => 'A joint account',
      currencies: (currencies) =>
        `Accounts in ${currencies === 2 ? 'two' : currencies === 3 ? 'three' : currencies} currencies`,
      company: () => 'An account of a company',
      many: () => 'Many accounts',
      none: () => 'No account',
      blocked: () => 'A blocked account only',
      savings: () => 'A savings account only',
    },
    holdsAccount: (iban) => `Holder of the requested account ${iban}`,
    submit: 'Continue',
  },
  code: {
    title: 'Confirm that it is you',
    intro: (customer) =>
      `A real bank would use strong customer authentication here to make sure that you are ${customer}. In the sandbox, copy the code shown.`,
    shown: 'Your one-time code',
    field: 'Six-digit code',
    hint: 'Spaces are fine.',
    submit: 'Confirm',
  },
  consent: {
    title: { AIS: 'Share your accounts?', CAF: 'Allow funds checks?' },
    who: 'Requested by',
    purposeLabel: 'Purpose',
    purpose: {
      AIS: 'Read the balance and transactions of the accounts you choose.',
      CAF: 'Get a yes or a no: is the amount of a payment available? Neither balance nor transactions are disclosed.',
    },
    purposeOfOne: {
      AIS: 'Read the balance and transactions of the account below.',
      CAF: 'Get a yes or a no: is the amount of a payment available? Neither balance nor transactions are disclosed.',
    },
    durationLabel: 'Duration',
    duration: (until, days) => `Until ${until} (${days} days), unless you withdraw your consent earlier.`,
    customerLabel: 'Customer',
    onlyYou: 'Only you see this',
    accounts: {
      choose: 'Accounts to share',
      chooseHint: 'Tick one or more payment accounts.',
      given: 'Account concerned',
      ineligible: 'Cannot be shared: it is not a payment account that this customer may use online.',
      noneTitle: 'No account to share',
      none: (customer) =>
        `${customer} has no payment account to use online. Choose another test customer, or refuse to go back to the requester.`,
      notHeldTitle: 'This account is not available',
      notHeld: (iban, customer) =>
        `The request is about account ${iban}, which is not a payment account that ${customer} may use online. Choose another test customer, or refuse to go back to the requester.`,
    },
    approve: 'Give my consent',
    refuse: 'Refuse',
  },
  payment: {
    title: 'Sign this payment?',
    labels: {
      amount: 'Amount',
      creditor: 'Beneficiary',
      creditorAccount: 'Beneficiary’s account',
      bic: 'BIC',
      nationalBankId: 'National bank code',
      address: 'Beneficiary’s address',
      communication: 'Message',
      charges: 'Charges',
      reference: 'Reference',
      date: 'Execution date',
      product: 'Kind of payment',
      requester: 'Requested by',
      customer: 'Customer',
    },
    products: {
      'sepa-credit-transfers': 'European transfer',
      'instant-sepa-credit-transfers': 'Instant transfer',
      'cross-border-credit-transfers': 'International transfer',
    },
    charges: {
      DEBT: 'Paid by you',
      CRED: 'Paid by the beneficiary',
      SHAR: 'Shared with the beneficiary',
      SLEV: 'By the rules of the payment service',
    },
    atOnce: 'As soon as you sign',
    accounts: {
      choose: 'Account to pay from',
      chooseHint: 'Choose one payment account.',
      given: 'Account to pay from',
      ineligible: 'Cannot be used: it is not a payment account that this customer may use online.',
      noneTitle: 'No account to pay from',
      none: (customer) =>
        `${customer} has no payment account to use online. Choose another test customer, or refuse to go back to the requester.`,
      notHeldTitle: 'This account is not available',
      notHeld: (iban, customer) =>
        `The payment is to be made from account ${iban}, which is not a payment account that ${customer} may use online. Choose another test customer, or refuse to go back to the requester.`,
    },
    sign: 'Sign the payment',
    refuse: 'Refuse',
  },
  sca: {
    title: 'Confirm your identity?',
    who: 'Requested by',
    purposeLabel: 'Purpose',
    purpose:
      'Keep the whole history of your transactions readable, also beyond 90 days, for the accounts you already agreed to share. Nothing else is shared.',
    accounts: 'Accounts',
    untilLabel: 'Your consent',
    until: (date) => `Until ${date}. This confirmation does not extend it.`,
    customer: 'Customer',
    overTitle: 'This consent has ended',
    over: (tppName) =>
      `${tppName} no longer has your consent. Choose “Refuse” to go back, and start again from there.`,
    confirm: 'Confirm',
    refuse: 'Refuse',
  },
  otherCustomer: 'Choose another customer',
  cancel: (tppName) => `Cancel and go back to ${tppName}`,
  developers: {
    title: 'For developers',
    text: (error) => `Play a failure of the bank: the return carries error=${error}.`,
    fail: 'Simulate a failure',
  },
  deadEnds: {
    unknown_address: { title: 'Page not found', text: 'This address does not exist in the sandbox.' },
    unsupported_language: {
      title: 'Language not available',
      text: 'The screens of the bank exist in French and Dutch, with English for developers. Choose a language at the top of the page.',
    },
    incomplete_link: { title: 'Incomplete link', text: 'The parameter apptoken is missing from this link.' },
    malformed_link: {
      title: 'Malformed link',
      text: 'A parameter of this link appears more than once, is too long or holds characters that are not allowed.',
    },
    stateless_link: {
      title: 'Link without a state',
      text: 'The parameter state is missing from this link, and this sandbox is set up to require it.',
    },
    unknown_link: {
      title: 'Unknown link',
      text: 'The bank does not know this link. It may have been cut off.',
    },
    other_brand: {
      title: 'Link of another brand',
      text: 'This link was issued by another brand of the bank.',
    },
    used_link: {
      title: 'Request already answered',
      text: 'This request already has its answer. Each link works once.',
    },
    expired_link: { title: 'Link expired', text: 'The time to answer this request has passed.' },
    session_missing: {
      title: 'Session not found',
      text: 'This page belongs to a visit that did not begin in this browser, or cookies are blocked.',
    },
    foreign_form: {
      title: 'Form refused',
      text: 'This form does not come from the page that was shown to you. Nothing was recorded.',
    },
    technical_fault: {
      title: 'Technical error',
      text: 'The sandbox could not handle this page. Try again in a moment.',
    },
  },
  wayOut: 'Go back to the app that sent you here and start again.',
  tryAgain: 'Try again',
  startPage: 'To the start page of the sandbox',
};
