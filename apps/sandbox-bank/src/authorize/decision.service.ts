import { Injectable, Logger } from '@nestjs/common';
import type { Secret } from '@consent-hub/psd2-protocol';
import type { Purpose } from '../model/consents/authorization.js';
import { DECISIONS, PsuDecisionService, type Decided, type Decision } from '../model/consents/psu-decision.service.js';
import { redirectTo, type Answer, type FormFault } from './page.js';
import { chosenIbans, DecisionPageService } from './decision-page.service.js';
import { PageSessionRepository } from './page-session.repository.js';
import { VisitService, type Visit, type VisitRequest } from './visit.service.js';

/** What the page says when nothing is chosen that has to be. */
const NOTHING_CHOSEN = {
  consent: 'no_account',
  payment: 'no_debtor',
  sca: 'consent_over',
} as const satisfies Record<Purpose, FormFault>;

/** What the page says when the bank cannot take the approval. */
const NOT_APPROVED = {
  consent: 'account_refused',
  payment: 'debtor_refused',
  sca: 'consent_over',
} as const satisfies Record<Purpose, FormFault>;

/** The PSU answers, and the browser goes back to the TPP. */
@Injectable()
export class DecisionService {
  private readonly logger = new Logger(DecisionService.name);

  constructor(
    private readonly visits: VisitService,
    private readonly decisions: PsuDecisionService,
    private readonly sessions: PageSessionRepository,
    private readonly pages: DecisionPageService,
  ) {}

  /** Takes the decision, once. The same one again, a moment later, leads where the first led: some people double-click. */
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
    // Not taken: either it came too late, which the door says, or the bank cannot do it so.
    if (!uri) {
      const fault = NOT_APPROVED[authorization.purpose];
      return this.visits.within(request, (again) => this.pages.page(again, fault));
    }
    await this.keep(decision, uri, visit);
    return redirectTo(uri.reveal());
  }

  /** The decision stands already; that it cannot be repeated must not keep the PSU from going back. */
  private async keep(decision: Decision, uri: Secret, { session, key }: Visit): Promise<void> {
    try {
      await this.sessions.keepAnswer(session.id, key, decision, uri);
    } catch (error) {
      this.logger.warn(error);
    }
  }

  private async repeated(decision: Decision, { sessionId, cookie }: VisitRequest): Promise<Answer | null> {
    const uri = cookie && (await this.sessions.findAnswer(sessionId, cookie.key, decision));
    return uri && redirectTo(uri.reveal());
  }
}

/** Null when there is nothing to approve yet: nobody is authenticated, or no account is chosen. */
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
