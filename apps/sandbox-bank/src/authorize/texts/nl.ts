import type { Texts } from './texts.js';

export const NL: Texts = {
  languageName: 'Nederlands',
  languageSwitch: 'Taal',
  skipToContent: 'Naar de inhoud',
  banner: 'Sandbox – geen echte bank. Vul nooit echte inloggegevens in.',
  footer:
    'Simulatie voor ontwikkelaars, zonder band met de bank. De naam zegt alleen welke interface wordt gesimuleerd.',
  progress: 'Stappen',
  steps: ['Klant', 'Code'],
  lastStep: { consent: 'Toestemming', payment: 'Handtekening', sca: 'Identiteit' },
  errorPrefix: 'Fout: ',
  errorHeading: 'Er is een probleem',
  faults: {
    no_customer: 'Kies een testklant.',
    empty_code: 'Vul de code van zes cijfers in die op deze pagina staat.',
    wrong_code: 'Dit is niet de code die op de pagina staat. Controleer de zes cijfers en probeer opnieuw.',
    no_account: 'Kies minstens één rekening om te delen.',
    account_refused: 'De bank kan deze keuze niet delen. Kies opnieuw.',
    no_debtor: 'Kies de rekening waarvan wordt betaald.',
    debtor_refused: 'De bank kan niet van deze rekening betalen. Kies opnieuw.',
    consent_over: 'De toestemming waarover het gaat, geldt niet meer. Weiger om terug te gaan.',
  },
  logIn: {
    title: 'Wie bent u?',
    intro: {
      consent: (tppName) =>
        `${tppName} stuurt u hierheen om uw toestemming te vragen. Kies de fictieve klant die u speelt.`,
      payment: (tppName) =>
        `${tppName} stuurt u hierheen om een betaling te ondertekenen. Kies de fictieve klant die u speelt.`,
      sca: (tppName) =>
        `${tppName} stuurt u hierheen om opnieuw te bevestigen wie u bent. Kies de fictieve klant die u speelt.`,
    },
    legend: 'Testklanten',
    cases: {
      one: () => 'Eén rekening',
      several: () => 'Verschillende rekeningen',
      joint: () => 'Een gezamenlijke rekening',
      currencies: (currencies) =>
        `Rekeningen in ${currencies === 2 ? 'twee' : currencies === 3 ? 'drie' : currencies} munten`,
      company: () => 'Een rekening van een bedrijf',
      many: () => 'Veel rekeningen',
      none: () => 'Geen rekening',
      blocked: () => 'Alleen een geblokkeerde rekening',
      savings: () => 'Alleen een spaarrekening',
    },
    holdsAccount: (iban) => `Houder van de gevraagde rekening ${iban}`,
    submit: 'Doorgaan',
  },
  code: {
    title: 'Bevestig dat u het bent',
    intro: (customer) =>
      `Een echte bank zou hier met sterke authenticatie nagaan of u ${customer} bent. In de sandbox typt u de getoonde code over.`,
    shown: 'Uw eenmalige code',
    field: 'Code van zes cijfers',
    hint: 'Spaties mogen.',
    submit: 'Bevestigen',
  },
  consent: {
    title: { AIS: 'Uw rekeningen delen?', CAF: 'Saldocontrole toestaan?' },
    who: 'Aanvrager',
    purposeLabel: 'Doel',
    purpose: {
      AIS: 'Het saldo en de verrichtingen lezen van de rekeningen die u kiest.',
      CAF: 'Een ja of een nee krijgen: is het bedrag van een betaling beschikbaar? Saldo en verrichtingen worden niet meegedeeld.',
    },
    purposeOfOne: {
      AIS: 'Het saldo en de verrichtingen lezen van de rekening hieronder.',
      CAF: 'Een ja of een nee krijgen: is het bedrag van een betaling beschikbaar? Saldo en verrichtingen worden niet meegedeeld.',
    },
    durationLabel: 'Duur',
    duration: (until, days) => `Tot ${until} (${days} dagen), tenzij u uw toestemming eerder intrekt.`,
    customerLabel: 'Klant',
    onlyYou: 'Alleen u ziet dit',
    accounts: {
      choose: 'Te delen rekeningen',
      chooseHint: 'Vink een of meer betaalrekeningen aan.',
      given: 'Betrokken rekening',
      ineligible: 'Kan niet worden gedeeld: dit is geen betaalrekening die deze klant online mag gebruiken.',
      noneTitle: 'Geen rekening om te delen',
      none: (customer) =>
        `${customer} heeft geen betaalrekening om online te gebruiken. Kies een andere testklant, of weiger om terug te gaan naar de aanvrager.`,
      notHeldTitle: 'Deze rekening is niet beschikbaar',
      notHeld: (iban, customer) =>
        `De aanvraag gaat over rekening ${iban}, en dat is geen betaalrekening die ${customer} online mag gebruiken. Kies een andere testklant, of weiger om terug te gaan naar de aanvrager.`,
    },
    approve: 'Toestemming geven',
    refuse: 'Weigeren',
  },
  payment: {
    title: 'Deze betaling ondertekenen?',
    labels: {
      amount: 'Bedrag',
      creditor: 'Begunstigde',
      creditorAccount: 'Rekening van de begunstigde',
      bic: 'BIC',
      nationalBankId: 'Nationale bankcode',
      address: 'Adres van de begunstigde',
      communication: 'Mededeling',
      charges: 'Kosten',
      reference: 'Referentie',
      date: 'Uitvoeringsdatum',
      product: 'Soort betaling',
      requester: 'Aanvrager',
      customer: 'Klant',
    },
    products: {
      'sepa-credit-transfers': 'Europese overschrijving',
      'instant-sepa-credit-transfers': 'Instantoverschrijving',
      'cross-border-credit-transfers': 'Internationale overschrijving',
    },
    charges: {
      DEBT: 'Voor uw rekening',
      CRED: 'Voor rekening van de begunstigde',
      SHAR: 'Gedeeld met de begunstigde',
      SLEV: 'Volgens de regels van de betaaldienst',
    },
    atOnce: 'Zodra u ondertekent',
    accounts: {
      choose: 'Te debiteren rekening',
      chooseHint: 'Kies een betaalrekening.',
      given: 'Te debiteren rekening',
      ineligible: 'Kan niet worden gebruikt: dit is geen betaalrekening die deze klant online mag gebruiken.',
      noneTitle: 'Geen rekening om te debiteren',
      none: (customer) =>
        `${customer} heeft geen betaalrekening om online te gebruiken. Kies een andere testklant, of weiger om terug te gaan naar de aanvrager.`,
      notHeldTitle: 'Deze rekening is niet beschikbaar',
      notHeld: (iban, customer) =>
        `De betaling moet gebeuren van rekening ${iban}, en dat is geen betaalrekening die ${customer} online mag gebruiken. Kies een andere testklant, of weiger om terug te gaan naar de aanvrager.`,
    },
    sign: 'Betaling ondertekenen',
    refuse: 'Weigeren',
  },
  sca: {
    title: 'Uw identiteit bevestigen?',
    who: 'Aanvrager',
    purposeLabel: 'Doel',
    purpose:
      'De hele geschiedenis van uw verrichtingen laten lezen, ook verder terug dan 90 dagen, van de rekeningen die u al hebt gedeeld. Verder wordt niets gedeeld.',
    accounts: 'Rekeningen',
    untilLabel: 'Uw toestemming',
    until: (date) => `Tot ${date}. Deze bevestiging verlengt ze niet.`,
    customer: 'Klant',
    overTitle: 'Deze toestemming geldt niet meer',
    over: (tppName) =>
      `${tppName} heeft uw toestemming niet meer. Weiger om terug te gaan en daar opnieuw te beginnen.`,
    confirm: 'Bevestigen',
    refuse: 'Weigeren',
  },
  otherCustomer: 'Een andere klant kiezen',
  cancel: (tppName) => `Annuleren en terug naar ${tppName}`,
  developers: {
    title: 'Voor ontwikkelaars',
    text: (error) => `Een storing bij de bank naspelen: de terugkeer gebeurt met error=${error}.`,
    fail: 'Storing simuleren',
  },
  deadEnds: {
    unknown_address: { title: 'Pagina niet gevonden', text: 'Dit adres bestaat niet in de sandbox.' },
    unsupported_language: {
      title: 'Taal niet beschikbaar',
      text: 'De schermen van de bank bestaan in het Frans en het Nederlands, met Engels voor ontwikkelaars. Kies een taal bovenaan de pagina.',
    },
    incomplete_link: { title: 'Onvolledige link', text: 'De parameter apptoken ontbreekt in deze link.' },
    malformed_link: {
      title: 'Ongeldige link',
      text: 'Een parameter van deze link staat er meer dan eens in, is te lang of bevat verboden tekens.',
    },
    stateless_link: {
      title: 'Link zonder state',
      text: 'De parameter state ontbreekt in deze link, en deze sandbox is ingesteld om hem te eisen.',
    },
    unknown_link: {
      title: 'Onbekende link',
      text: 'De bank kent deze link niet. Misschien is hij afgekapt.',
    },
    other_brand: {
      title: 'Link van een ander merk',
      text: 'Deze link is uitgegeven door een ander merk van de bank.',
    },
    used_link: {
      title: 'Aanvraag al behandeld',
      text: 'Op deze aanvraag is al een antwoord gegeven. Elke link werkt maar één keer.',
    },
    expired_link: { title: 'Link verlopen', text: 'De tijd om op deze aanvraag te antwoorden is voorbij.' },
    session_missing: {
      title: 'Sessie niet gevonden',
      text: 'Deze pagina hoort bij een bezoek dat niet in deze browser is begonnen, of cookies zijn geblokkeerd.',
    },
    foreign_form: {
      title: 'Formulier geweigerd',
      text: 'Dit formulier komt niet van de pagina die u te zien kreeg. Er is niets opgeslagen.',
    },
    technical_fault: {
      title: 'Technische fout',
      text: 'De sandbox kon deze pagina niet verwerken. Probeer het zo meteen opnieuw.',
    },
  },
  wayOut: 'Ga terug naar de app die u hierheen stuurde en begin opnieuw.',
  tryAgain: 'Opnieuw proberen',
  startPage: 'Naar de startpagina van de sandbox',
};
