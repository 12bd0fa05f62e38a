/** Bank page "reference": payments. */
export const PAYMENT_PRODUCTS = [
  'sepa-credit-transfers',
  'instant-sepa-credit-transfers',
  'cross-border-credit-transfers',
] as const;
export type PaymentProduct = (typeof PAYMENT_PRODUCTS)[number];

/**
 * The status of a payment. Assumed, the bank's pages name no status: codes of ISO 20022 (ExternalPaymentTransactionStatus).
 * `RCVD` waits for the PSU's signature, `PDNG` is signed and waits for its day, `ACSC` is executed, `RJCT` was not signed,
 * `CANC` was cancelled by the TPP.
 */
export type PaymentStatus = 'RCVD' | 'PDNG' | 'ACSC' | 'RJCT' | 'CANC';

export interface Creditor {
  readonly name: string;
  readonly iban?: string;
  readonly bban?: string;
  readonly bic?: string;
  readonly nationalBankId?: string;
  /** By the name of each line, in the order of a postal address. */
  readonly address?: Readonly<Record<string, string>>;
}

export interface Communication {
  readonly kind: 'free' | 'structured';
  readonly text: string;
}

/** What to pay to whom, independent of the version of the API. */
export interface PaymentInstruction {
  /** Decimal with two places. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly creditor: Creditor;
  readonly communication?: Communication;
  /** Absent in the older version only. */
  readonly endToEndId?: string;
  /** ISO 20022 ChargeBearerType1Code. */
  readonly chargeBearer?: string;
  /** A date; absent: as soon as it is signed. */
  readonly executionDate?: string;
}

/** A payment as a TPP initiates it. */
export interface PaymentOrder {
  readonly product: PaymentProduct;
  readonly instruction: PaymentInstruction;
}

export interface Payment extends PaymentOrder {
  readonly id: string;
  readonly status: PaymentStatus;
  /** Null: the PSU has not chosen it yet. */
  readonly debtorIban: string | null;
  /** The PSU who signed it, or is the only one who may; null while that is open. */
  readonly psuId: string | null;
}
