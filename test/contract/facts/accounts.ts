interface AccountShape {
  readonly version: string;
  readonly source: string;
  /** The whole answer for an account with compartments in three currencies. */
  body(logicalId: string): unknown;
}

const IBAN = 'BE30083441118011';
const RECORDED = 'recorded client';
const number: unknown = expect.any(Number);
const text: unknown = expect.stringMatching(/^-?\d+\.\d\d$/);

const links = (logicalId: string, more: Record<string, unknown> = {}) => ({
  self: { href: `/accounts/${logicalId}`, ...more },
  transactions: { href: `/accounts/${logicalId}/transactions`, ...more },
});

export const ACCOUNT_SHAPES: readonly AccountShape[] = [
  {
    version: '1',
    source: RECORDED,
    body: (logicalId) => ({
      type: 'current-account',
      iban: IBAN,
      currency: 'EUR',
      balance: number,
      multicurrency: true,
      accountName: 'Koen Willems',
      other_compartments: [
        { currency: 'GBP', balance: number },
        { currency: 'USD', balance: number },
      ],
      _links: links(logicalId),
    }),
  },
  {
    version: '2',
    source: RECORDED,
    body: (logicalId) => ({
      product: 'current-account',
      iban: IBAN,
      currency: 'EUR',
      balance: number,
      multicurrency: true,
      account_name: 'Koen Willems',
      other_compartments: [
        { currency: 'GBP', balance: number },
        { currency: 'USD', balance: number },
      ],
      _links: links(logicalId),
    }),
  },
  {
    version: '3',
    source: 'bank page "reference": accounts',
    body: (logicalId) => ({
      product_type: 'payment-account',
      product_name: 'Multideviezenrekening',
      iban: IBAN,
      currency: 'EUR',
      balance: text,
      multicurrency: 'True',
      account_name: 'Koen Willems',
      psu_name: 'Koen Willems',
      other_compartments: [
        { currency: 'GBP', balance: text },
        { currency: 'USD', balance: text },
      ],
      _links: links(logicalId, { templated: false }),
    }),
  },
];
