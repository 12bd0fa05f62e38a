import { Injectable, Logger } from '@nestjs/common';
import { Secret } from '@consent-hub/psd2-protocol';
import { AuthorizationBook } from '../books/authorization-book.js';
import { CALLBACK_ERROR, callbackUri, type CallbackParameters } from '../books/callback.js';
import { redirectTo, type Answer } from './answer.js';
import { chosenIbans, ConsentService } from './consent.service.js';
import { DECISIONS, PageSessionStore, type Decision } from './page-session.store.js';
import { VisitService, type Visit, type VisitRequest } from './visit.service.js';

/** The PSU answers, and the browser goes back to the TPP. */
@Injectable()
export class DecisionService {
  private readonly logger = new Logger(DecisionService.name);

  constructor(
    private readonly visits: VisitService,
    private readonly authorizations: AuthorizationBook,
    private readonly sessions: PageSessionStore,
    private readonly consent: ConsentService,
  ) {}

  /** Takes the decision, once. The same one again, a moment later, leads where the first led: some people double-click. */
  async decide(request: VisitRequest): Promise<Answer> {
    const decision = DECISIONS.find((known) => known === request.form?.['decision']);
    if (decision === undefined) return this.consent.show(request);
    const answer = await this.visits.within(request, (visit) => this.take(decision, visit, request));
    return isUsedLink(answer) ? ((await this.repeated(decision, request)) ?? answer) : answer;
  }

  private async take(decision: Decision, visit: Visit, request: VisitRequest): Promise<Answer> {
    if (decision === 'approve' && !canApprove(visit)) return this.consent.page(visit, 'no_account');
    const outcome = await this.outcome(decision, visit);
    // Not taken: either it came too late, which the door says, or these accounts cannot be shared.
    if (!outcome) return this.visits.within(request, (again) => this.consent.page(again, 'account_refused'));
    const { authorization, session } = visit;
    const state = session.callbackState ?? undefined;
    const uri = new Secret(callbackUri(authorization.redirectUri, { ...outcome, state }));
    await this.keep(decision, uri, visit);
    return redirectTo(uri.reveal());
  }

  /** Null when the authorization is decided or too old, or when an account is not one to share. */
  private async outcome(decision: Decision, visit: Visit): Promise<CallbackParameters | null> {
    const { id } = visit.authorization;
    const { progress, callbackState } = visit.session;
    switch (decision) {
      case 'approve': {
        if (progress.step !== 'authenticated') return null;
        const state = callbackState ?? undefined;
        return this.authorizations.approve(id, { psuId: progress.psuId, ibans: chosenIbans(visit), state });
      }
      case 'refuse':
        return (await this.authorizations.refuse(id)) ? CALLBACK_ERROR.refused : null;
      case 'fail':
        return (await this.authorizations.fail(id)) ? CALLBACK_ERROR.failed : null;
    }
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

const canApprove = (visit: Visit): boolean =>
  visit.session.progress.step === 'authenticated' && chosenIbans(visit).length > 0;

const isUsedLink = (answer: Answer): boolean =>
  answer.kind === 'page' && answer.page.name === 'dead-end' && answer.page.reason === 'used_link';
