import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { isIBAN } from 'class-validator';
import { CustomersFileError, readCustomers } from './customers-file.settings.js';

const TEST_CUSTOMERS = readCustomers();

const accounts = TEST_CUSTOMERS.flatMap(({ brand, accounts: held }) =>
  held.map((account) => ({ ...account, brand })),
);
const open = (held: (typeof TEST_CUSTOMERS)[number]['accounts']) =>
  held.filter(({ isBlocked, isSavings }) => !isBlocked && !isSavings);

describe('the test customers', () => {
  it.each(accounts)('hold $iban, a Belgian account number of the bank', ({ iban }) => {
    expect(isIBAN(iban)).toBe(true);
    const [, bankCode = '', number = '', check = ''] = /^BE\d\d(\d{3})(\d{7})(\d{2})$/.exec(iban) ?? [];
    expect(Number(bankCode)).toBeGreaterThanOrEqual(50);
    expect(Number(bankCode)).toBeLessThanOrEqual(99);
    // The check digits of the Belgian number itself, older than the IBAN around it.
    expect(Number(check)).toBe(Number(bankCode + number) % 97 || 97);
  });

  it('share no account between the brands', () => {
    const brandsOf = new Map<string, Set<string>>();
    for (const { iban, brand } of accounts) brandsOf.set(iban, (brandsOf.get(iban) ?? new Set()).add(brand));
    expect([...brandsOf.values()].every((brands) => brands.size === 1)).toBe(true);
  });

  it.each(BRANDS)('of %s begin with one who has exactly one account, and it is open', (brand) => {
    const first = TEST_CUSTOMERS.find((customer) => customer.brand === brand);
    expect(first?.accounts).toHaveLength(1);
    expect(open(first?.accounts ?? [])).toHaveLength(1);
  });

  describe.each(BRANDS)('of %s have among them one with', (brand) => {
    it.each([
      ['several open accounts', (held) => open(held).length > 2],
      ['no account', (held) => held.length === 0],
      ['a blocked account', (held) => held.some(({ isBlocked }) => isBlocked)],
      ['savings only', (held) => held.length > 0 && held.every(({ isSavings }) => isSavings)],
      ['compartments in other currencies', (held) => open(held).some(({ compartments }) => compartments)],
      ['an account that nothing moves in', (held) => open(held).some(({ activity }) => activity === 'none')],
      [
        'a joint account',
        (held) =>
          held.some(
            ({ iban, isNotEnrolled }) =>
              !isNotEnrolled && accounts.filter((each) => each.iban === iban).length > 1,
          ),
      ],
    ] as [string, (held: (typeof TEST_CUSTOMERS)[number]['accounts']) => boolean][])('%s', (_what, isSo) => {
      const customers = TEST_CUSTOMERS.filter((customer) => customer.brand === brand);
      expect(customers.some((customer) => isSo(customer.accounts))).toBe(true);
    });
  });

  it.each([
    ['a blocked account only', (held) => held.length > 0 && held.every(({ isBlocked }) => isBlocked)],
    [
      'accounts in several currencies',
      (held) => new Set(open(held).map(({ currency }) => currency)).size > 1,
    ],
    [
      'a company’s account that is not theirs to share',
      (held) => held.some(({ isNotEnrolled }) => isNotEnrolled),
    ],
  ] as [string, (held: (typeof TEST_CUSTOMERS)[number]['accounts']) => boolean][])(
    'have among them one with %s',
    (_what, isSo) => expect(TEST_CUSTOMERS.some((customer) => isSo(customer.accounts))).toBe(true),
  );

  it('hold further currencies only in addition to the euro, and each once', () => {
    for (const { currency = 'EUR', compartments = [] } of accounts) {
      const currencies = [currency, ...compartments.map((each) => each.currency)];
      expect(new Set(currencies).size).toBe(currencies.length);
      if (compartments.length > 0) expect(currency).toBe('EUR');
    }
  });

  it('hold a shared account with the same data', () => {
    const dataOf = ({ isNotEnrolled: _isOwn, ...data }: (typeof accounts)[number]): typeof data => data;
    for (const account of accounts)
      for (const other of accounts.filter(({ iban }) => iban === account.iban))
        expect(dataOf(other)).toEqual(dataOf(account));
  });
});

describe('a file of customers', () => {
  const GOOD = {
    id: 'jan',
    name: 'Jan',
    language: 'nl',
    case: 'One account.',
    accounts: [{ iban: 'BE60068223114070', label: 'Zichtrekening', balance: '1.00' }],
  };
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'customers-'));
    for (const brand of BRANDS) writeFileSync(join(directory, `${brand}.json`), '[]');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const read = (text: string) => {
    writeFileSync(join(directory, 'belfius.json'), text);
    return readCustomers(pathToFileURL(`${directory}/`));
  };

  it('gives its customers with their brand', () => {
    expect(read(JSON.stringify([GOOD]))).toEqual([{ ...GOOD, brand: 'belfius' }]);
  });

  const [account] = GOOD.accounts;
  it.each([
    ['what is not JSON', '[', /belfius\.json cannot be enrolled: .*JSON/],
    ['what is not a list', '{}', /belfius\.json cannot be enrolled: it is not a list/],
    ['an entry that is not an object', '[1]', /entry 0 is not an object/],
    ['a customer without a name', [{ ...GOOD, name: '' }], /0\.name should not be empty/],
    ['a second customer of the same id', [GOOD, GOOD], /1\.id comes a second time/],
    ['another language', [{ ...GOOD, language: 'de' }], /0\.language must be one of/],
    ['a misspelt property', [{ ...GOOD, adress: 'x' }], /0\.property adress should not exist/],
    [
      'an IBAN with a wrong check',
      [{ ...GOOD, accounts: [{ ...account, iban: 'BE61068223114070' }] }],
      /0\.accounts\.0\.iban must be an IBAN/,
    ],
    [
      'a balance that is a number',
      [{ ...GOOD, accounts: [{ ...account, balance: 1 }] }],
      /0\.accounts\.0\.balance must match/,
    ],
    [
      'a compartment without a currency',
      [{ ...GOOD, accounts: [{ ...account, compartments: [{ balance: '1.00' }] }] }],
      /0\.accounts\.0\.compartments\.0\.currency must match/,
    ],
  ])('is refused with %s, which the error names', (_what, content, message) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    expect(() => read(text)).toThrow(CustomersFileError);
    expect(() => read(text)).toThrow(message);
  });

  it('is required for each brand', () => {
    rmSync(join(directory, 'belfius.json'));
    expect(() => readCustomers(pathToFileURL(`${directory}/`))).toThrow(/belfius\.json/);
  });
});
