import { Injectable } from '@nestjs/common';
import { BankTerms } from '../books/bank-terms.js';
import { PsuBook, type PsuAccount } from '../books/psu-book.js';
import { redirectTo, showPage, type Answer } from './answer.js';
import type { FormFault } from './page.js';
import { VisitService, type Visit, type VisitRequest } from './visit.service.js';

const DAY_MS = 86_400_000;
const IBAN = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/;

/** The last step: the PSU sees who asks for what, and until when. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly visits: VisitService,
    private readonly psus: PsuBook,
    private readonly terms: BankTerms,
  ) {}

  show(request: VisitRequest): Promise<Answer> {
    return this.visits.within(request, (visit) => this.page(visit, null));
  }

  /** The page of the decision; whoever has not typed in the code is sent where their session stands. */
  async page(visit: Visit, fault: FormFault | null): Promise<Answer> {
    const { authorization, session, frame } = visit;
    const { progress } = session;
    if (progress.step !== 'authenticated') return redirectTo(frame.paths.code);
    const psu = await this.psus.findPsu(authorization.brand, progress.psuId);
    if (!psu) return redirectTo(frame.paths['log-in']);
    const accounts = await this.psus.accountsOf(authorization.brand, psu.id);
    return showPage(
      {
        name: 'consent',
        frame,
        scope: authorization.scope,
        customer: psu.name,
        requestedIban: authorization.iban,
        accounts: accounts.filter((account) => isAskedFor(account, authorization.iban)),
        chosen: chosenIbans(visit),
        validUntil: new Date(session.bankNow.getTime() + this.terms.consentDays * DAY_MS),
        validDays: this.terms.consentDays,
        fault,
      },
      fault === null ? 200 : 422,
    );
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
