import { Injectable } from '@nestjs/common';
import { BankSettings } from '../model/settings/bank.settings.js';
import { PaymentRepository } from '../model/payments/payment.repository.js';
import { PsuRepository, type Psu, type PsuAccount } from '../model/accounts/psu.repository.js';
import { ConsentRepository } from '../model/consents/consent.repository.js';
import {
  redirectTo,
  showPage,
  type AccountChoice,
  type Answer,
  type ConsentPage,
  type FormFault,
  type PaymentPage,
  type ScaPage,
} from './page.js';
import { VisitService, type Visit, type VisitRequest } from './visit.service.js';

const DAY_MS = 86_400_000;
const IBAN = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/;

/** The last step: the PSU sees who asks for what, and says yes or no. */
@Injectable()
export class DecisionPageService {
  constructor(
    private readonly visits: VisitService,
    private readonly psus: PsuRepository,
    private readonly payments: PaymentRepository,
    private readonly consents: ConsentRepository,
    private readonly settings: BankSettings,
  ) {}

  show(request: VisitRequest): Promise<Answer> {
    return this.visits.within(request, (visit) => this.page(visit, null));
  }

  /**
   * The page of the decision. A browser that has not confirmed the code is redirected to the step that its session has
   * reached.
   */
  async page(visit: Visit, fault: FormFault | null): Promise<Answer> {
    const { authorization, session, frame } = visit;
    const { progress } = session;
    if (progress.step !== 'authenticated') return redirectTo(frame.paths.code);
    const psu = await this.psus.findPsu(authorization.brand, progress.psuId);
    if (!psu) return redirectTo(frame.paths['log-in']);
    const page = await this.pageOf(visit, psu);
    return showPage({ ...page, fault }, fault === null ? 200 : 422);
  }

  private pageOf(visit: Visit, psu: Psu): Promise<ConsentPage | PaymentPage | ScaPage> {
    switch (visit.authorization.purpose) {
      case 'consent':
        return this.consentPage(visit, psu);
      case 'payment':
        return this.paymentPage(visit, psu);
      case 'sca':
        return this.scaPage(visit, psu);
    }
  }

  private async consentPage(visit: Visit, psu: Psu): Promise<ConsentPage> {
    const { authorization, session, frame } = visit;
    return {
      name: 'consent',
      frame,
      scope: authorization.scope === 'CAF' ? 'CAF' : 'AIS',
      customer: psu.name,
      choice: await this.choiceOf(visit, psu),
      validUntil: new Date(session.bankNow.getTime() + this.settings.consentDays * DAY_MS),
      validDays: this.settings.consentDays,
      fault: null,
    };
  }

  private async paymentPage(visit: Visit, psu: Psu): Promise<PaymentPage> {
    const payment = await this.payments.findByAuthorization(visit.authorization.id);
    if (!payment) throw new Error('The authorization has no payment');
    const { product, instruction } = payment;
    const choice = await this.choiceOf(visit, psu);
    return {
      name: 'payment',
      frame: visit.frame,
      customer: psu.name,
      product,
      instruction,
      choice,
      fault: null,
    };
  }

  private async scaPage({ authorization, frame }: Visit, psu: Psu): Promise<ScaPage> {
    const consent = await this.consents.findLive(authorization.tppId, psu.id);
    return { name: 'sca', frame, customer: psu.name, consent, fault: null };
  }

  private async choiceOf(visit: Visit, psu: Psu): Promise<AccountChoice> {
    const { brand, iban } = visit.authorization;
    const accounts = await this.psus.accountsOf(brand, psu.id);
    return {
      requestedIban: iban,
      accounts: accounts.filter((account) => isAskedFor(account, iban)),
      chosen: chosenIbans(visit),
    };
  }
}

const isAskedFor = (account: PsuAccount, iban: string | null): boolean =>
  iban === null || account.iban === iban;

/** The account that the TPP named, or the ones ticked in the form; one tick comes as a text, several as a list. */
export function chosenIbans({ authorization, form }: Visit): string[] {
  if (authorization.iban !== null) return [authorization.iban];
  const ticked: unknown = form['account'];
  const list: unknown[] = Array.isArray(ticked) ? ticked : [ticked];
  return list.filter((iban): iban is string => typeof iban === 'string' && IBAN.test(iban));
}
