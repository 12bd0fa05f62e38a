import type { Texts } from './texts.js';

export const EN: Texts = {
  languageName: 'English',
  languageSwitch: 'Language',
  skipToContent: 'Skip to content',
  banner: 'Sandbox – not a real bank. Never enter real credentials.',
  footer:
    'A simulation for developers, not connected to the bank. Its name only says which interface is simulated.',
  progress: 'Steps',
  steps: ['Customer', 'Code', 'Consent'],
  errorPrefix: 'Error: ',
  errorHeading: 'There is a problem',
  faults: {
    no_customer: 'Choose a test customer.',
    empty_code: 'Type the six-digit code shown on this page.',
    wrong_code: 'This is not the code shown on the page. Check the six digits and try again.',
    no_account: 'Choose at least one account to share.',
    account_refused: 'The bank cannot share this selection. Choose again.',
  },
  logIn: {
    title: 'Who are you?',
    intro: (tppName) =>
      `${tppName} sent you here to ask for your consent. Choose the fictitious customer you play.`,
    legend: 'Test customers',
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
    title: { AIS: 'Share your accounts?', CAF: 'Allow funds checks?', PIS: 'Allow the payment?' },
    who: 'Requested by',
    purposeLabel: 'Purpose',
    purpose: {
      AIS: 'Read the balance and transactions of the accounts you choose.',
      CAF: 'Get a yes or a no: is the amount of a payment available? Neither balance nor transactions are disclosed.',
      PIS: 'Execute the payment you prepared, and afterwards consult or cancel it.',
    },
    durationLabel: 'Duration',
    duration: (until, days) => `Until ${until} (${days} days), unless you withdraw your consent earlier.`,
    customerLabel: 'Customer',
    several: 'Accounts to share',
    severalHint: 'Tick one or more payment accounts.',
    one: 'Account to use',
    given: 'Account concerned',
    ineligible: 'Cannot be shared: it is not a payment account accessible online.',
    noneTitle: 'No account to share',
    none: (customer) =>
      `${customer} has no payment account accessible online. Choose another test customer, or refuse to go back to the requester.`,
    notHeldTitle: 'This account is not available',
    notHeld: (iban, customer) =>
      `The request is about account ${iban}, which is not an accessible payment account of ${customer}. Choose another test customer, or refuse to go back to the requester.`,
    approve: 'Give my consent',
    refuse: 'Refuse',
  },
  otherCustomer: 'Choose another customer',
  cancel: (tppName) => `Cancel and go back to ${tppName}`,
  developers: {
    title: 'For developers',
    text: 'Play a failure of the bank: the return carries error=server_error.',
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
    unknown_link: {
      title: 'Unknown link',
      text: 'The bank does not know this link. It may have been cut off.',
    },
    other_brand: {
      title: 'Link of another brand',
      text: 'This link was issued by the other brand of the bank.',
    },
    used_link: {
      title: 'Request already answered',
      text: 'This request already has its answer. Each link works once.',
    },
    expired_link: { title: 'Link expired', text: 'The time to answer this request is over.' },
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
};
