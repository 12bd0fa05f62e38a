import { Injectable } from '@nestjs/common';
import { BANK_ERROR, type Brand } from '@consent-hub/psd2-protocol';
import { ClockRepository } from '../../model/clock/clock.repository.js';
import type { PaymentProduct } from '../../model/payments/payment.js';
import { PsuRepository } from '../../model/accounts/psu.repository.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import type { RequestedPayment } from './payment-order.js';
import { brokenRule } from './payment-rules.js';

const SCOPE = { scope: 'PIS' } as const;

/** Checks before the signature whether the bank would execute a well-formed payment. */
@Injectable()
export class PaymentCheckService {
  constructor(
    private readonly psus: PsuRepository,
    private readonly clock: ClockRepository,
  ) {}

  /** @param psuId the only PSU who may sign, where the access token names one */
  async require(
    brand: Brand,
    product: PaymentProduct,
    { instruction, debtorIban }: RequestedPayment,
    psuId: string | null,
  ): Promise<void> {
    const broken = brokenRule({ brand, product, instruction, today: await this.clock.today() });
    if (broken) throw new Refusal(broken.row, SCOPE);
    if (debtorIban === null) return;
    await this.requirePayable(brand, debtorIban);
    if (psuId !== null) await this.requireHeldBy(brand, psuId, debtorIban);
  }

  private async requirePayable(brand: Brand, iban: string): Promise<void> {
    switch (await this.psus.findStanding(brand, iban)) {
      case 'eligible':
        return;
      case 'blocked':
        throw new Refusal(BANK_ERROR.accessDenied, SCOPE);
      case 'no_payment_account':
        throw new Refusal(BANK_ERROR.accountNotSupported, SCOPE);
      case null:
        throw new Refusal(BANK_ERROR.invalidAccount, SCOPE);
    }
  }

  private async requireHeldBy(brand: Brand, psuId: string, iban: string): Promise<void> {
    const accounts = await this.psus.accountsOf(brand, psuId);
    if (!accounts.some((account) => account.iban === iban && account.eligible))
      throw new Refusal(BANK_ERROR.accessDenied, SCOPE);
  }
}
