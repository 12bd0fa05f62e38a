import type { Communication } from '../../model/payments/payment.js';
import type { JsonBody } from '../../machine-api/json-body.js';
import {
  NAME,
  readAmount,
  readCurrency,
  readDate,
  readIban,
  readStructured,
  TEXT,
  type ReadOrder,
} from './payment-order.js';

/** The spelling of a client's identifiers: longer than ISO 20022 would have them. */
const PAYMENT_ID = /^.{1,64}$/u;
const STRUCTURED = /^STRUCTURED$/i;

function readCommunication(body: JsonBody): Communication | undefined {
  const text = body.optionalText('communication', TEXT);
  if (text === undefined) return undefined;
  // Assumed: one type is recorded, that of a free text.
  return STRUCTURED.test(body.optionalText('communication_type') ?? '')
    ? readStructured(body, 'communication')
    : { kind: 'free', text };
}

/** The body of version 1, of which two clients have left a record; the account to pay from is always named. */
export const readOrderOfVersion1: ReadOrder = (body) => {
  const bic = body.optionalText('remote_account.bic');
  const communication = readCommunication(body);
  const endToEndId = body.optionalText('payment_id', PAYMENT_ID);
  const executionDate = readDate(body, 'execution_date');
  return {
    debtorIban: readIban(body, 'origin_account.iban'),
    instruction: {
      amount: readAmount(body, 'amount'),
      currency: readCurrency(body, 'currency'),
      creditor: {
        name: body.text('remote_account.name', NAME),
        iban: readIban(body, 'remote_account.iban'),
        ...(bic !== undefined && { bic }),
      },
      ...(communication && { communication }),
      ...(endToEndId !== undefined && { endToEndId }),
      ...(executionDate !== undefined && { executionDate }),
    },
  };
};
