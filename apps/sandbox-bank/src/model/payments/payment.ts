/** Bank page "reference": payments. */
export const PAYMENT_PRODUCTS = [
  'sepa-credit-transfers',
  'instant-sepa-credit-transfers',
  'cross-border-credit-transfers',
] as const;
export type PaymentProduct = (typeof PAYMENT_PRODUCTS)[number];

/**
 * Where a payment stands. Assumed, the bank's pages name no status: codes of ISO 20022 (ExternalPaymentTransactionStatus).
 * `RCVD` waits for the PSU's signature, `PDNG` is signed and waits for its day, `ACSC` is executed, `RJCT` was not
 * signed, `CANC` was cancelled by the TPP.
 */
export type PaymentStatus = 'RCVD' | 'PDNG' | 'ACSC' | 'RJCT' | 'CANC';

export interface Creditor {
  readonly name: string;
  readonly iban?: string;
  readonly bban?: string;
  readonly bic?: string;
  readonly nationalBankId?: string;
  /** By the name of each line, in the order of an envelope. */
  readonly address?: Readonly<Record<string, string>>;
}

export interface Communication {
  readonly kind: 'free' | 'structured';
  readonly text: string;
}

/** What is to be paid to whom, whatever version of the API it came by. */
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
  /** A day of the calendar; absent: as soon as it is signed. */
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
  /** Null: the PSU chooses it, and has not yet. */
  readonly debtorIban: string | null;
  /** Who signed it, or who alone may; null while nobody knows. */
  readonly psuId: string | null;
}
