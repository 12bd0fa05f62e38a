import { Injectable, Logger } from '@nestjs/common';
import type { Secret } from '@consent-hub/psd2-protocol';
import type { Purpose } from '../model/consents/authorization.js';
import {
  DECISIONS,
  PsuDecisionService,
  type Decided,
  type Decision,
} from '../model/consents/psu-decision.service.js';
import { redirectTo, type Answer, type FormFault } from './page.js';
import { chosenIbans, DecisionPageService } from './decision-page.service.js';
import { PageSessionRepository } from './page-session.repository.js';
import { VisitService, type Visit, type VisitRequest } from './visit.service.js';

/** The fault shown when the PSU approves without a choice that is needed. */
const NOTHING_CHOSEN = {
  consent: 'no_account',
  payment: 'no_debtor',
  sca: 'consent_over',
} as const satisfies Record<Purpose, FormFault>;

/** The fault shown when the bank cannot take the approval. */
const NOT_APPROVED = {
  consent: 'account_refused',
  payment: 'debtor_refused',
  sca: 'consent_over',
} as const satisfies Record<Purpose, FormFault>;

/** Takes the PSU's decision and sends the browser back to the TPP. */
@Injectable()
export class DecisionService {
  private readonly logger = new Logger(DecisionService.name);

  constructor(
    private readonly visits: VisitService,
    private readonly decisions: PsuDecisionService,
    private readonly sessions: PageSessionRepository,
    private readonly pages: DecisionPageService,
  ) {}

  /** Takes the decision once. The same decision again within a minute (a double click) redirects to the same address. */
  async decide(request: VisitRequest): Promise<Answer> {
    const decision = DECISIONS.find((known) => known === request.form?.['decision']);
    if (decision === undefined) return this.pages.show(request);
    const answer = await this.visits.within(request, (visit) => this.take(decision, visit, request));
    return isUsedLink(answer) ? ((await this.repeated(decision, request)) ?? answer) : answer;
  }

  private async take(decision: Decision, visit: Visit, request: VisitRequest): Promise<Answer> {
    const { authorization, session } = visit;
    const decided = decidedOf(decision, visit);
    if (!decided) return this.pages.page(visit, NOTHING_CHOSEN[authorization.purpose]);
    const uri = await this.decisions.take(authorization, decided, session.callbackState ?? undefined);
    // Not taken: either the authorization is decided or expired, which `within` answers, or the bank cannot take this
    // approval.
    if (!uri) {
      const fault = NOT_APPROVED[authorization.purpose];
      return this.visits.within(request, (again) => this.pages.page(again, fault));
    }
    await this.remember(decision, uri, visit);
    return redirectTo(uri.reveal());
  }

  /** The decision is taken already: a failure to remember it must not stop the PSU from returning. */
  private async remember(decision: Decision, uri: Secret, { session, key }: Visit): Promise<void> {
    try {
      await this.sessions.storeAnswer(session.id, key, decision, uri);
    } catch (error) {
      this.logger.warn(error);
    }
  }

  private async repeated(decision: Decision, { sessionId, cookie }: VisitRequest): Promise<Answer | null> {
    const uri = cookie && (await this.sessions.findAnswer(sessionId, cookie.key, decision));
    return uri && redirectTo(uri.reveal());
  }
}

/** Null when there is nothing to approve yet: no person is authenticated, or no account is chosen. */
function decidedOf(decision: Decision, visit: Visit): Decided | null {
  if (decision !== 'approve') return { decision };
  const { authorization, session } = visit;
  const ibans = chosenIbans(visit);
  const isChosen = authorization.purpose === 'sca' || ibans.length > 0;
  if (session.progress.step !== 'authenticated' || !isChosen) return null;
  return { decision, choice: { psuId: session.progress.psuId, ibans } };
}

const isUsedLink = (answer: Answer): boolean =>
  answer.kind === 'page' && answer.page.name === 'dead-end' && answer.page.reason === 'used_link';
