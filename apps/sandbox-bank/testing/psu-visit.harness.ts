import { DataSource } from 'typeorm';
import { Secret, type Brand } from '@consent-hub/psd2-protocol';
import { DecisionPageService } from '../src/authorize/decision-page.service.js';
import {
  csrfTokenOf,
  PageSessionRepository,
  type PageSession,
  type PageSessionProgress,
} from '../src/authorize/page-session.repository.js';
import type { Step } from '../src/authorize/paths.js';
import type { VisitCookie } from '../src/authorize/visit-cookie.js';
import { VisitService, type VisitRequest } from '../src/authorize/visit.service.js';
import type { Approval, Authorization, PsuChoice } from '../src/model/consents/authorization.js';
import { AuthorizationRepository } from '../src/model/consents/authorization.repository.js';
import { BankSettings } from '../src/model/settings/bank.settings.js';
import { ConsentRepository, type LiveConsent } from '../src/model/consents/consent.repository.js';
import { FaultRepository, type TakenFault } from '../src/model/faults/fault.repository.js';
import { PaymentRepository } from '../src/model/payments/payment.repository.js';
import type { Payment } from '../src/model/payments/payment.js';
import { PsuDecisionService, type Decision } from '../src/model/consents/psu-decision.service.js';
import { PsuRepository, type Psu, type PsuAccount } from '../src/model/accounts/psu.repository.js';

export const SETTINGS = new BankSettings({
  codeSeconds: 300,
  accessTokenSeconds: 3600,
  scaTokenSeconds: 3600,
});
export const BANK_NOW = new Date('2026-03-01T10:00:00Z');
export const APP_TOKEN = new Secret('the-app-token');
const NEVER_CONNECTED = new DataSource({ type: 'postgres' });

const account = (iban: string, eligible = true): PsuAccount => ({
  iban,
  label: eligible ? 'Zichtrekening' : 'Spaarrekening',
  holder: 'Jan Peeters',
  currency: 'EUR',
  balance: '1204.90',
  eligible,
});

export const CURRENT = account('BE60068223114070');
export const SECOND = account('BE49068223114171');
export const SAVINGS = account('BE20055771300256', false);

const CUSTOMERS: readonly (Psu & { readonly brand: Brand; readonly accounts: PsuAccount[] })[] = [
  { id: 'jan', brand: 'belfius', name: 'Jan Peeters', language: 'nl', accounts: [CURRENT, SECOND, SAVINGS] },
  { id: 'claire', brand: 'belfius', name: 'Claire Renard', language: 'fr', accounts: [SAVINGS] },
  { id: 'lotte', brand: 'banx', name: 'Lotte Claes', language: 'nl', accounts: [] },
];

class PsusInMemory extends PsuRepository {
  override listPsus(brand: Brand): Promise<Psu[]> {
    return Promise.resolve(CUSTOMERS.filter((customer) => customer.brand === brand));
  }
  override async findPsu(brand: Brand, id: string): Promise<Psu | null> {
    return (await this.listPsus(brand)).find((customer) => customer.id === id) ?? null;
  }
  override async casesOf(brand: Brand) {
    const cases = { jan: 'several', claire: 'savings', lotte: 'none' } as const;
    const known = Object.keys(cases) as (keyof typeof cases)[];
    const ids = (await this.listPsus(brand)).map(({ id }) => id);
    return new Map(
      known.filter((id) => ids.includes(id)).map((id) => [id, { kind: cases[id], currencies: 1 }]),
    );
  }
  override accountsOf(brand: Brand, psuId: string): Promise<PsuAccount[]> {
    const found = CUSTOMERS.find((customer) => customer.brand === brand && customer.id === psuId);
    return Promise.resolve([...(found?.accounts ?? [])]);
  }
}

/** One authorization, found by `APP_TOKEN`. */
class OneAuthorization extends AuthorizationRepository {
  readonly approvals: PsuChoice[] = [];
  held: Authorization = {
    id: '0198c3a0-0000-7000-8000-000000000001',
    brand: 'belfius',
    purpose: 'consent',
    scope: 'AIS',
    tppId: '0198c3a0-0000-7000-8000-000000000002',
    clientId: 'client',
    tppName: 'Budget App',
    language: 'nl',
    redirectUri: 'https://tpp.example/callback',
    iban: null,
    boundPsuId: null,
    status: 'pending',
    expiresAt: new Date('2026-03-01T10:15:00Z'),
    expired: false,
  };

  constructor() {
    super(
      NEVER_CONNECTED,
      SETTINGS,
      new PaymentRepository(NEVER_CONNECTED),
      new ConsentRepository(NEVER_CONNECTED, SETTINGS),
    );
  }
  override findByAppToken(appToken: Secret): Promise<Authorization | null> {
    return Promise.resolve(appToken.reveal() === APP_TOKEN.reveal() ? this.held : null);
  }
  override approve(id: string, choice: PsuChoice): Promise<Approval | null> {
    const mayBeShared = choice.ibans.every((iban) => [CURRENT.iban, SECOND.iban].includes(iban));
    if (!mayBeShared || !this.decide(id, 'approved')) return Promise.resolve(null);
    this.approvals.push(choice);
    return Promise.resolve({ code: new Secret('the-code') });
  }
  override refuse(id: string): Promise<boolean> {
    return Promise.resolve(this.decide(id, 'refused'));
  }
  override fail(id: string): Promise<boolean> {
    return Promise.resolve(this.decide(id, 'failed'));
  }
  private decide(id: string, status: Authorization['status']): boolean {
    if (id !== this.held.id || this.held.status !== 'pending') return false;
    this.held = { ...this.held, status };
    return true;
  }
}

/** The payment of the one authorization, if it has one. */
class OnePayment extends PaymentRepository {
  held: Payment | null = null;

  override findByAuthorization(): Promise<Payment | null> {
    return Promise.resolve(this.held);
  }
}

/** The consent for which the one authorization asks the PSU to prove who they are, if it stands. */
class OneConsent extends ConsentRepository {
  held: LiveConsent | null = null;

  override findLive(): Promise<LiveConsent | null> {
    return Promise.resolve(this.held);
  }
}

class NoFaults extends FaultRepository {
  override take(): Promise<TakenFault[]> {
    return Promise.resolve([]);
  }
}

class SessionsInMemory extends PageSessionRepository {
  private readonly answers = new Map<string, Secret>();
  readonly opened: { session: PageSession; key: Secret }[] = [];

  constructor() {
    super(NEVER_CONNECTED);
  }
  override open(authorizationId: string, callbackState: string | null): Promise<{ id: string; key: Secret }> {
    const id = `0198c3a0-0000-7000-8000-00000000010${this.opened.length}`;
    const key = new Secret(`key-of-${id}`);
    const progress = { step: 'unknown' } as const;
    this.opened.push({ key, session: { id, authorizationId, callbackState, progress, bankNow: BANK_NOW } });
    return Promise.resolve({ id, key });
  }
  override find(id: string, key: Secret): Promise<PageSession | null> {
    const found = this.opened.find((one) => one.session.id === id && one.key.reveal() === key.reveal());
    return Promise.resolve(found?.session ?? null);
  }
  override challenge(id: string, psuId: string, oneTimeCode: string): Promise<void> {
    return Promise.resolve(this.move(id, { step: 'challenged', psuId, oneTimeCode }));
  }
  override authenticate(id: string, psuId: string): Promise<boolean> {
    this.move(id, { step: 'authenticated', psuId });
    return Promise.resolve(true);
  }
  override storeAnswer(id: string, _key: Secret, decision: Decision, uri: Secret): Promise<void> {
    this.answers.set(`${id} ${decision}`, uri);
    return Promise.resolve();
  }
  override findAnswer(id: string, _key: Secret, decision: Decision): Promise<Secret | null> {
    return Promise.resolve(this.answers.get(`${id} ${decision}`) ?? null);
  }
  move(id: string, progress: PageSessionProgress): void {
    const at = this.opened.findIndex(({ session }) => session.id === id);
    const found = this.opened[at];
    if (found) this.opened[at] = { ...found, session: { ...found.session, progress } };
  }
}

/** A PSU's browser on the bank's pages, without server and database. */
export class PsuVisit {
  readonly authorizations = new OneAuthorization();
  readonly sessions = new SessionsInMemory();
  readonly psus = new PsusInMemory(NEVER_CONNECTED);
  readonly payments = new OnePayment(NEVER_CONNECTED);
  readonly consents = new OneConsent(NEVER_CONNECTED, SETTINGS);
  readonly visits = new VisitService(this.sessions, this.authorizations, SETTINGS);
  readonly decisions = new PsuDecisionService(this.authorizations, new NoFaults(NEVER_CONNECTED), SETTINGS);
  readonly pages = new DecisionPageService(this.visits, this.psus, this.payments, this.consents, SETTINGS);

  private constructor(private readonly sessionId: string) {}

  /** A browser that came by the link and has come so far. */
  static async begun(
    progress: PageSessionProgress = { step: 'unknown' },
    { state = 'the-state', ...changes }: Partial<Authorization> & { state?: string | null } = {},
  ): Promise<PsuVisit> {
    const visit = new PsuVisit('0198c3a0-0000-7000-8000-000000000100');
    visit.authorizations.held = { ...visit.authorizations.held, ...changes };
    await visit.sessions.open(visit.authorizations.held.id, state);
    visit.sessions.move(visit.sessionId, progress);
    return visit;
  }

  get progress(): PageSessionProgress | undefined {
    return this.sessions.opened[0]?.session.progress;
  }

  get cookie(): VisitCookie {
    return { key: new Secret(`key-of-${this.sessionId}`), appToken: APP_TOKEN };
  }

  asks(step: Step, changes: Partial<VisitRequest> = {}): VisitRequest {
    const { sessionId, cookie } = this;
    return { brand: 'belfius', sessionId, language: 'nl', step, cookie, form: null, ...changes };
  }

  sends(step: Step, fields: Record<string, unknown>): VisitRequest {
    const session = this.sessions.opened[0]?.session;
    return this.asks(step, { form: { csrf: session && csrfTokenOf(this.cookie.key, session), ...fields } });
  }
}
