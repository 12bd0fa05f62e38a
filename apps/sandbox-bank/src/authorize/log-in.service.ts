import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CUSTOMER_CASES } from '../model/accounts/customer-case.js';
import { PsuRepository, type Psu } from '../model/accounts/psu.repository.js';
import { redirectTo, showPage, type Answer, type FormFault, type LogInPage } from './page.js';
import { PageSessionRepository } from './page-session.repository.js';
import { VisitService, type Visit, type VisitRequest } from './visit.service.js';

const CODE_DIGITS = 6;

const newOneTimeCode = (): string => String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');

/** Who can say yes to the request comes first, then who is most useful; else in the order of the bank. */
const rankOf = ({ holdsRequested, kind }: LogInPage['customers'][number]): number =>
  (holdsRequested ? 0 : CUSTOMER_CASES.length) + CUSTOMER_CASES.indexOf(kind);

/** The first two steps: the visitor chooses a customer, and confirms with a one-time code. */
@Injectable()
export class LogInService {
  constructor(
    private readonly visits: VisitService,
    private readonly psus: PsuRepository,
    private readonly sessions: PageSessionRepository,
  ) {}

  showCustomers(request: VisitRequest): Promise<Answer> {
    return this.visits.within(request, async (visit) => showPage(await this.logInPage(visit, null)));
  }

  /** A customer is chosen: the next page shows the code to type in. */
  chooseCustomer(request: VisitRequest): Promise<Answer> {
    return this.visits.within(request, async (visit) => {
      const customers = await this.customersFor(visit);
      const psu = customers.find(({ id }) => id === visit.form['psu']);
      if (!psu) return showPage(await this.logInPage(visit, 'no_customer'), 422);
      await this.sessions.challenge(visit.session.id, psu.id, newOneTimeCode());
      return redirectTo(visit.frame.paths.code);
    });
  }

  showCode(request: VisitRequest): Promise<Answer> {
    return this.visits.within(request, (visit) => this.codePage(visit, null));
  }

  /** The code is typed in: the right one opens the next page, once. */
  confirmCode(request: VisitRequest): Promise<Answer> {
    return this.visits.within(request, async (visit) => {
      const { session, form, frame } = visit;
      if (session.progress.step !== 'challenged') return this.codePage(visit, null);
      const typed = typeof form['code'] === 'string' ? form['code'].replace(/\s/g, '') : '';
      if (typed === '') return this.codePage(visit, 'empty_code');
      const { psuId, oneTimeCode } = session.progress;
      if (typed !== oneTimeCode) return this.codePage(visit, 'wrong_code');
      await this.sessions.authenticate(session.id, psuId, oneTimeCode);
      return redirectTo(frame.paths.consent);
    });
  }

  private async logInPage(visit: Visit, fault: FormFault | null): Promise<LogInPage> {
    const { frame, authorization, session } = visit;
    const customers = await this.customersFor(visit);
    const holders = await this.holdersAmong(customers, visit);
    const cases = await this.psus.casesOf(authorization.brand);
    const listed = customers.map(({ id, name }) => ({
      ...{ id, name, holdsRequested: holders.has(id) },
      ...(cases.get(id) ?? { kind: 'one' as const, currencies: 1 }),
    }));
    return {
      name: 'log-in',
      frame,
      customers: listed.sort((a, b) => rankOf(a) - rankOf(b)),
      chosen: session.progress.step === 'unknown' ? null : session.progress.psuId,
      requestedIban: authorization.iban,
      fault,
    };
  }

  /** All customers of the brand, or the one whom the TPP's access token names: no other customer can approve. */
  private async customersFor({ place, authorization: { boundPsuId } }: Visit): Promise<Psu[]> {
    const customers = await this.psus.listPsus(place.brand);
    return boundPsuId === null ? customers : customers.filter(({ id }) => id === boundPsuId);
  }

  /** Which customers could approve a request for one named account, so that a developer need not try them all. */
  private async holdersAmong(customers: readonly Psu[], visit: Visit): Promise<Set<string>> {
    const { iban, brand } = visit.authorization;
    const holders = new Set<string>();
    if (iban === null) return holders;
    for (const { id } of customers) {
      const accounts = await this.psus.accountsOf(brand, id);
      if (accounts.some((account) => account.iban === iban && account.eligible)) holders.add(id);
    }
    return holders;
  }

  /** A browser without a challenge is redirected to the step that its session has reached. */
  private async codePage({ session, frame, place }: Visit, fault: FormFault | null): Promise<Answer> {
    const { progress } = session;
    if (progress.step === 'authenticated') return redirectTo(frame.paths.consent);
    if (progress.step === 'unknown') return redirectTo(frame.paths['log-in']);
    const psu = await this.psus.findPsu(place.brand, progress.psuId);
    if (!psu) return redirectTo(frame.paths['log-in']);
    const page = { name: 'code', frame, customer: psu.name, code: progress.oneTimeCode, fault } as const;
    return showPage(page, fault === null ? 200 : 422);
  }
}
