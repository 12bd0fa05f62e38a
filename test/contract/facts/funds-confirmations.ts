/** What a body is refused for: the name of the faulty input, and whether it is missing or wrong. */
interface BadFundsBody {
  readonly what: string;
  readonly body: unknown;
  readonly refusal: 'missing' | 'invalid';
  readonly input: string;
}

const IBAN = 'BE83063154780915';
const EURO = { currency: 'EUR', amount: '10.00' };
const REST = { account: { iban: IBAN } };

const amounts = (...texts: readonly unknown[]): BadFundsBody[] =>
  texts.map((amount) => ({
    what: `the amount ${JSON.stringify(amount)}`,
    body: { ...REST, instructed_amount: { currency: 'EUR', amount } },
    refusal: 'invalid',
    input: 'instructed_amount.amount',
  }));

const currencies = (...texts: readonly unknown[]): BadFundsBody[] =>
  texts.map((currency) => ({
    what: `the currency ${JSON.stringify(currency)}`,
    body: { ...REST, instructed_amount: { currency, amount: '10.00' } },
    refusal: 'invalid',
    input: 'instructed_amount.currency',
  }));

/** Source: bank page "reference": funds, for the form of the body; assumed, that an unknown member is ignored. */
export const BAD_FUNDS_BODIES: readonly BadFundsBody[] = [
  ...amounts(
    '0',
    '0.00',
    '-1',
    '+1',
    '1,00',
    '1.',
    '.5',
    '1 000',
    '1e3',
    'ten',
    '123456789012345',
    '1234567890123.45',
  ),
  ...amounts(10, true, ['10'], { value: '10' }),
  ...currencies('eur', 'EURO', 'XX', 'ABC', '978', 7, ['EUR']),
  { what: 'no account', body: { instructed_amount: EURO }, refusal: 'missing', input: 'account.iban' },
  {
    what: 'an account of nothing',
    body: { account: null, instructed_amount: EURO },
    refusal: 'missing',
    input: 'account.iban',
  },
  {
    what: 'an account without its number',
    body: { account: {}, instructed_amount: EURO },
    refusal: 'missing',
    input: 'account.iban',
  },
  {
    what: 'an account that is a text',
    body: { account: IBAN, instructed_amount: EURO },
    refusal: 'invalid',
    input: 'account.iban',
  },
  {
    what: 'an account number that is none',
    body: { account: { iban: 'BE83063154780916' }, instructed_amount: EURO },
    refusal: 'invalid',
    input: 'account.iban',
  },
  {
    what: 'a NUL in the account number',
    body: { account: { iban: 'BE83\u0000' }, instructed_amount: EURO },
    refusal: 'invalid',
    input: 'account.iban',
  },
  { what: 'no amount', body: { ...REST }, refusal: 'missing', input: 'instructed_amount.currency' },
  {
    what: 'an amount without its currency',
    body: { ...REST, instructed_amount: { amount: '1' } },
    refusal: 'missing',
    input: 'instructed_amount.currency',
  },
  {
    what: 'an amount without its figure',
    body: { ...REST, instructed_amount: { currency: 'EUR' } },
    refusal: 'missing',
    input: 'instructed_amount.amount',
  },
  { what: 'a list', body: [], refusal: 'invalid', input: 'account.iban' },
  { what: 'a number', body: '7', refusal: 'invalid', input: 'account.iban' },
  { what: 'nothing', body: 'null', refusal: 'missing', input: 'account.iban' },
];
