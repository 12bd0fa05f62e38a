import type { TestAccount, TestCustomer } from './test-customer.js';

const JOINT: TestAccount = {
  iban: 'BE69095100030078',
  label: 'Compte commun',
  balance: '2977.41',
  holder: 'Inès et Arthur Lemaire',
  activity: 'household',
};

/** The first is the plain case; each of the others brings one that a TPP has to cope with. */
export const BANX_CUSTOMERS: readonly TestCustomer[] = [
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
      { iban: 'BE28095100033920', label: 'Vacances', balance: '1999.99', activity: 'quiet' },
      {
        iban: 'BE31095330548255',
        label: 'Compte d’épargne',
        balance: '6400.00',
        isSavings: true,
        activity: 'quiet',
      },
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
  {
    id: 'ines-lemaire',
    brand: 'banx',
    name: 'Inès Lemaire',
    language: 'fr',
    accounts: [{ iban: 'BE36095100040081', label: 'Compte à vue', balance: '1120.64' }, JOINT],
  },
  { id: 'arthur-lemaire', brand: 'banx', name: 'Arthur Lemaire', language: 'fr', accounts: [JOINT] },
  {
    id: 'mila-jacobs',
    brand: 'banx',
    name: 'Mila Jacobs',
    language: 'nl',
    accounts: [
      {
        iban: 'BE03095100050084',
        label: 'Multideviezenrekening',
        balance: '2044.00',
        compartments: [{ currency: 'USD', balance: '905.50' }],
      },
    ],
  },
  {
    id: 'victor-goossens',
    brand: 'banx',
    name: 'Victor Goossens',
    language: 'nl',
    accounts: [
      { iban: 'BE67095100060087', label: 'Zichtrekening', balance: '1433.90' },
      { iban: 'BE34095100070090', label: 'Huishouden', balance: '520.00', activity: 'household' },
      { iban: 'BE98095100080093', label: 'Vakantie', balance: '875.25', activity: 'quiet' },
      { iban: 'BE65095100090096', label: 'Reserve', balance: '4000.00', activity: 'none' },
    ],
  },
  {
    id: 'noor-baert',
    brand: 'banx',
    name: 'Noor Baert',
    language: 'nl',
    accounts: [{ iban: 'BE32095100100002', label: 'Zichtrekening', balance: '25.00', activity: 'none' }],
  },
  {
    id: 'louis-simon',
    brand: 'banx',
    name: 'Louis Simon',
    language: 'fr',
    accounts: [
      {
        iban: 'BE96095100110005',
        label: 'Compte d’épargne',
        balance: '12750.00',
        isSavings: true,
        activity: 'quiet',
      },
    ],
  },
];
