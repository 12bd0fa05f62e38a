import type { Brand, Language } from '@consent-hub/psd2-protocol';

export interface TestAccount {
  readonly iban: string;
  readonly label: string;
  readonly balance: string;
  /** Where it is not the customer. */
  readonly holder?: string;
  /** Where it is not EUR. */
  readonly currency?: string;
  readonly isSavings?: true;
  readonly isBlocked?: true;
}

export interface TestCustomer {
  readonly id: string;
  readonly brand: Brand;
  readonly name: string;
  readonly language: Language;
  readonly accounts: readonly TestAccount[];
}

const JOINT: TestAccount = {
  iban: 'BE34063590221490',
  label: 'Compte commun',
  balance: '5310.06',
  holder: 'Sophie et Marc Lambert',
};

/**
 * Invented people with valid Belgian account numbers (bank codes 050 to 099 are the bank's). The first of each brand is
 * the plain case; each of the others brings one that a TPP has to cope with.
 */
export const TEST_CUSTOMERS: readonly TestCustomer[] = [
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
      { iban: 'BE49068223114171', label: 'Huishouden', balance: '388.12' },
      { iban: 'BE20055771300256', label: 'Spaarrekening', balance: '18250.00', isSavings: true },
    ],
  },
  {
    // A joint account beside one of her own.
    id: 'sophie-lambert',
    brand: 'belfius',
    name: 'Sophie Lambert',
    language: 'fr',
    accounts: [{ iban: 'BE80083441027677', label: 'Compte à vue', balance: '-142.55' }, JOINT],
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
      { iban: 'BE85083441107806', label: 'Dollarrekening', balance: '2750.00', currency: 'USD' },
      { iban: 'BE65088112064596', label: 'Pondenrekening', balance: '615.20', currency: 'GBP' },
    ],
  },
  {
    // She acts for a company, whose name is not hers.
    id: 'an-vermeulen',
    brand: 'belfius',
    name: 'An Vermeulen',
    language: 'nl',
    accounts: [
      {
        iban: 'BE49091200881571',
        label: 'Zakenrekening',
        balance: '40311.78',
        holder: 'Bakkerij Vermeulen BV',
      },
      {
        iban: 'BE05091200891675',
        label: 'Btw-rekening',
        balance: '7204.00',
        holder: 'Bakkerij Vermeulen BV',
      },
    ],
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
    accounts: [{ iban: 'BE73055771310360', label: 'Compte d’épargne', balance: '31000.00', isSavings: true }],
  },
  {
    id: 'lotte-claes',
    brand: 'banx',
    name: 'Lotte Claes',
    language: 'nl',
    accounts: [{ iban: 'BE72095100023816', label: 'Zichtrekening', balance: '1630.25' }],
  },
  {
    id: 'nicolas-fontaine',
    brand: 'banx',
    name: 'Nicolas Fontaine',
    language: 'fr',
    accounts: [
      { iban: 'BE80095241776077', label: 'Compte à vue', balance: '845.60' },
      { iban: 'BE28095100033920', label: 'Vacances', balance: '1999.99' },
      { iban: 'BE31095330548255', label: 'Compte d’épargne', balance: '6400.00', isSavings: true },
    ],
  },
  {
    id: 'hugo-leroy',
    brand: 'banx',
    name: 'Hugo Leroy',
    language: 'fr',
    accounts: [
      { iban: 'BE22095416091747', label: 'Compte à vue', balance: '12.08', isBlocked: true },
      { iban: 'BE84095330558359', label: 'Compte à vue', balance: '702.31' },
    ],
  },
  { id: 'emma-de-smet', brand: 'banx', name: 'Emma De Smet', language: 'nl', accounts: [] },
];
