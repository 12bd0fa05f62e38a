import type { TestAccount, TestCustomer } from './test-customer.js';

const JOINT: TestAccount = {
  iban: 'BE34063590221490',
  label: 'Compte commun',
  balance: '5310.06',
  holder: 'Sophie et Marc Lambert',
};
const BAKERY: readonly TestAccount[] = [
  {
    iban: 'BE49091200881571',
    label: 'Zakenrekening',
    balance: '40311.78',
    holder: 'Bakkerij Vermeulen BV',
    activity: 'business',
  },
  {
    iban: 'BE05091200891675',
    label: 'Btw-rekening',
    balance: '7204.00',
    holder: 'Bakkerij Vermeulen BV',
    activity: 'quiet',
  },
];

/** The first is the plain case; each of the others brings one that a TPP has to cope with. */
export const BELFIUS_CUSTOMERS: readonly TestCustomer[] = [
  {
    id: 'marie-dubois',
    brand: 'belfius',
    name: 'Marie Dubois',
    language: 'fr',
    accounts: [{ iban: 'BE83063154780915', label: 'Compte à vue', balance: '2481.37' }],
  },
  {
    // Several accounts to choose from, and one that is not offered.
    id: 'jan-peeters',
    brand: 'belfius',
    name: 'Jan Peeters',
    language: 'nl',
    accounts: [
      { iban: 'BE60068223114070', label: 'Zichtrekening', balance: '1204.90' },
      { iban: 'BE49068223114171', label: 'Huishouden', balance: '388.12', activity: 'household' },
      {
        iban: 'BE20055771300256',
        label: 'Spaarrekening',
        balance: '18250.00',
        isSavings: true,
        activity: 'quiet',
      },
    ],
  },
  {
    // A joint account beside one of her own.
    id: 'sophie-lambert',
    brand: 'belfius',
    name: 'Sophie Lambert',
    language: 'fr',
    accounts: [
      { iban: 'BE80083441027677', label: 'Compte à vue', balance: '-142.55', activity: 'quiet' },
      JOINT,
    ],
  },
  { id: 'marc-lambert', brand: 'belfius', name: 'Marc Lambert', language: 'fr', accounts: [JOINT] },
  {
    // Accounts in three currencies.
    id: 'els-janssens',
    brand: 'belfius',
    name: 'Els Janssens',
    language: 'nl',
    accounts: [
      { iban: 'BE32083441097702', label: 'Zichtrekening', balance: '9120.44' },
      {
        iban: 'BE85083441107806',
        label: 'Dollarrekening',
        balance: '2750.00',
        currency: 'USD',
        activity: 'quiet',
      },
      {
        iban: 'BE65088112064596',
        label: 'Pondenrekening',
        balance: '615.20',
        currency: 'GBP',
        activity: 'quiet',
      },
    ],
  },
  {
    // She acts for a company, whose name is not hers.
    id: 'an-vermeulen',
    brand: 'belfius',
    name: 'An Vermeulen',
    language: 'nl',
    accounts: BAKERY,
  },
  { id: 'youssef-el-amrani', brand: 'belfius', name: 'Youssef El Amrani', language: 'fr', accounts: [] },
  {
    id: 'thomas-maes',
    brand: 'belfius',
    name: 'Thomas Maes',
    language: 'nl',
    accounts: [{ iban: 'BE83088301672015', label: 'Zichtrekening', balance: '73.19', isBlocked: true }],
  },
  {
    id: 'claire-renard',
    brand: 'belfius',
    name: 'Claire Renard',
    language: 'fr',
    accounts: [
      {
        iban: 'BE73055771310360',
        label: 'Compte d’épargne',
        balance: '31000.00',
        isSavings: true,
        activity: 'quiet',
      },
    ],
  },
  {
    // One account with a compartment for each currency.
    id: 'koen-willems',
    brand: 'belfius',
    name: 'Koen Willems',
    language: 'nl',
    accounts: [
      {
        iban: 'BE30083441118011',
        label: 'Multideviezenrekening',
        balance: '3250.40',
        compartments: [
          { currency: 'USD', balance: '1800.00' },
          { currency: 'GBP', balance: '410.75' },
        ],
      },
    ],
  },
  {
    // More accounts than fit a small screen.
    id: 'greet-de-backer',
    brand: 'belfius',
    name: 'Greet De Backer',
    language: 'nl',
    accounts: [
      { iban: 'BE47068223115080', label: 'Zichtrekening', balance: '1911.02' },
      { iban: 'BE36068223115181', label: 'Huishouden', balance: '640.00', activity: 'household' },
      { iban: 'BE58063590230079', label: 'Vakantie', balance: '1250.00', activity: 'quiet' },
      { iban: 'BE47063590230180', label: 'Verhuur', balance: '3402.77', activity: 'household' },
      { iban: 'BE36063590230281', label: 'Kinderen', balance: '215.30', activity: 'quiet' },
      { iban: 'BE25063590230382', label: 'Verbouwing', balance: '8800.00', activity: 'quiet' },
      { iban: 'BE14063590230483', label: 'Reserve', balance: '5000.00', activity: 'none' },
    ],
  },
  {
    // Opened today: nothing has moved yet.
    id: 'nadia-benali',
    brand: 'belfius',
    name: 'Nadia Benali',
    language: 'fr',
    accounts: [{ iban: 'BE19088112075512', label: 'Compte à vue', balance: '50.00', activity: 'none' }],
  },
  {
    // He works in the bakery and does not represent it: only his own account can be shared.
    id: 'pieter-wouters',
    brand: 'belfius',
    name: 'Pieter Wouters',
    language: 'nl',
    accounts: [
      { iban: 'BE91091200882076', label: 'Zichtrekening', balance: '982.15' },
      ...BAKERY.map((account): TestAccount => ({ ...account, isNotEnrolled: true })),
    ],
  },
];
