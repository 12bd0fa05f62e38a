import { isIBAN } from 'class-validator';
import { TEST_CUSTOMERS } from './test-customers.js';

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

  it.each(['belfius', 'banx'] as const)(
    'of %s begin with one who has exactly one account, and it is open',
    (brand) => {
      const first = TEST_CUSTOMERS.find((customer) => customer.brand === brand);
      expect(first?.accounts).toHaveLength(1);
      expect(open(first?.accounts ?? [])).toHaveLength(1);
    },
  );

  it.each([
    ['several open accounts', (held) => open(held).length > 1],
    ['no account', (held) => held.length === 0],
    ['a blocked account only', (held) => held.length > 0 && held.every(({ isBlocked }) => isBlocked)],
    ['savings only', (held) => held.length > 0 && held.every(({ isSavings }) => isSavings)],
    [
      'accounts in several currencies',
      (held) => new Set(open(held).map(({ currency }) => currency)).size > 1,
    ],
    [
      'a joint account',
      (held) => held.some(({ iban }) => accounts.filter((each) => each.iban === iban).length > 1),
    ],
  ] as [string, (held: (typeof TEST_CUSTOMERS)[number]['accounts']) => boolean][])(
    'have among them one with %s',
    (_what, isSo) => expect(TEST_CUSTOMERS.some((customer) => isSo(customer.accounts))).toBe(true),
  );
});
