import { Injectable } from '@nestjs/common';
import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import { PaymentRepository } from '../../model/payments/payment.repository.js';
import type { Payment } from '../../model/payments/payment.js';
import { AuthorizationRepository } from '../../model/consents/authorization.repository.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import { accessOf, type MachineCall } from '../../machine-api/machine-call.context.js';
import { Refusal, SANDBOX_ERROR } from '../../machine-api/refusal.error.js';
import { optionalAccessOf, readLanguage } from './payment-access.js';

/** The payment that the path names. */
export interface PaymentPath {
  readonly product: string;
  readonly id: string;
}

/** Assumed: the name. The only kind on the bank's page is its own reference. */
const PAYMENT_ID_TYPE = 'Payment-ID-Type';
const INTERNAL = /^INTERNAL$/;

/** What a TPP can do with a payment that it initiated with this brand. */
@Injectable()
export class PaymentResourceService {
  constructor(
    private readonly authorizations: AuthorizationRepository,
    private readonly payments: PaymentRepository,
    private readonly tokens: TokenRepository,
  ) {}

  /** Needs no access token (bank page "flows": payments); a token that is sent must be valid (assumed). */
  async status(call: MachineCall, path: PaymentPath): Promise<Payment> {
    readLanguage(call);
    readIdType(call);
    await optionalAccessOf(call, this.tokens);
    return this.find(call, path);
  }

  async details(call: MachineCall, path: PaymentPath): Promise<Payment> {
    readLanguage(call);
    readIdType(call);
    return this.findOfCustomer(call, path);
  }

  /** Assumed: possible until the payment is executed. The bank's page only names the call. */
  async cancel(call: MachineCall, path: PaymentPath): Promise<Payment> {
    const payment = await this.details(call, path);
    if (!(await this.authorizations.cancelPayment(payment.id)))
      throw new Refusal(SANDBOX_ERROR.paymentNotCancellable);
    return this.find(call, path);
  }

  /** Needs the access token of the PSU who signed it, or is the only one who may. */
  private async findOfCustomer(call: MachineCall, path: PaymentPath): Promise<Payment> {
    const { psuId } = await accessOf(call, this.tokens);
    const payment = await this.find(call, path);
    if (payment.psuId !== psuId) throw new Refusal(BANK_ERROR.accessDenied, { scope: 'PIS' });
    return payment;
  }

  private async find({ tpp }: MachineCall, { product, id }: PaymentPath): Promise<Payment> {
    const payment = await this.payments.find(tpp.id, product, id);
    if (!payment) throw new Refusal(SANDBOX_ERROR.unknownPayment);
    return payment;
  }
}

function readIdType({ request }: MachineCall): void {
  if (request.optionalHeader(PAYMENT_ID_TYPE) !== undefined) request.header(PAYMENT_ID_TYPE, INTERNAL);
}
