import type { Creditor, Payment, PaymentStatus } from '../../model/payments/payment.js';
import type { EndpointVersions } from '../../machine-api/endpoint.js';
import { EXECUTION_DATE, REMITTANCE } from './payment-initiation-versions.js';

/** The status of a payment. Assumed, like the names of all fields: the bank's page shows no answer. */
export interface PaymentStatusBody {
  readonly payment_id: string;
  readonly transaction_status: PaymentStatus;
}

/** A payment, in the field names of its initiation today. */
export interface PaymentDetailsBody extends PaymentStatusBody {
  readonly payment_product: string;
  readonly debtor_account?: { readonly iban: string };
  readonly creditor_account: Readonly<Record<string, string>>;
  readonly creditor_name: string;
  readonly creditor_address?: Readonly<Record<string, string>>;
  readonly instructed_amount: { readonly amount: string; readonly currency: string };
  readonly endtoend_identification?: string;
  readonly charge_bearer?: string;
  readonly [REMITTANCE.free]?: string;
  readonly [REMITTANCE.structured]?: string;
  readonly [EXECUTION_DATE]?: string;
}

/** The version of the calls on a payment that was initiated. */
export const PAYMENT_RESOURCE_VERSIONS: EndpointVersions = { '1': { today: ['PIS'], errors: 'current' } };

export const toStatusBody = ({ id, status }: Payment): PaymentStatusBody => ({
  payment_id: id,
  transaction_status: status,
});

export function toDetailsBody(payment: Payment): PaymentDetailsBody {
  const { product, debtorIban, instruction } = payment;
  const { amount, currency, creditor, communication, endToEndId, chargeBearer, executionDate } = instruction;
  return {
    ...toStatusBody(payment),
    payment_product: product,
    ...(debtorIban !== null && { debtor_account: { iban: debtorIban } }),
    creditor_account: accountOf(creditor),
    creditor_name: creditor.name,
    ...(creditor.address && { creditor_address: creditor.address }),
    instructed_amount: { amount, currency },
    ...(endToEndId !== undefined && { endtoend_identification: endToEndId }),
    ...(chargeBearer !== undefined && { charge_bearer: chargeBearer }),
    ...(communication && { [REMITTANCE[communication.kind]]: communication.text }),
    ...(executionDate !== undefined && { [EXECUTION_DATE]: executionDate }),
  };
}

const accountOf = ({ iban, bban, bic, nationalBankId }: Creditor): Record<string, string> => ({
  ...(iban !== undefined && { iban }),
  ...(bban !== undefined && { bban }),
  ...(bic !== undefined && { bic }),
  ...(nationalBankId !== undefined && { bankNationalID: nationalBankId }),
});
