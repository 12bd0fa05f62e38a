import { Injectable } from '@nestjs/common';
import { Problem, type Caller } from '@consent-hub/platform';
import {
  TokenRequestSearch,
  UnreadableAnswersJob,
  type ReparsedAnswer,
  type TokenRequestPage,
} from '@consent-hub/token-grant';
import type { ListTokenRequestsRequest } from './list-token-requests.request.js';
import { NO_ANSWER_KEPT, NO_ANSWER_WAITED_FOR } from './token-requests.problems.js';

/** What admins see of the calls of POST /token, and what they can do about answers that could not be read. */
@Injectable()
export class TokenRequestsService {
  constructor(
    private readonly requests: TokenRequestSearch,
    private readonly unreadable: UnreadableAnswersJob,
  ) {}

  list({ status, consent_id, limit, cursor }: ListTokenRequestsRequest): Promise<TokenRequestPage> {
    const criteria = {
      ...(status && { statuses: status }),
      ...(consent_id !== undefined && { consentId: consent_id }),
    };
    return this.requests.page(criteria, limit, cursor);
  }

  /** @throws Problem `no_answer_kept` */
  async reparse(requestId: string): Promise<ReparsedAnswer> {
    const [answer] = await this.unreadable.reparse(requestId);
    if (!answer) throw new Problem(NO_ANSWER_KEPT);
    return answer;
  }

  reparseAll(): Promise<ReparsedAnswer[]> {
    return this.unreadable.reparse();
  }

  /**
   * @returns the consent whose next request asks the bank again
   * @throws Problem `no_answer_waited_for`
   */
  async giveUp(caller: Caller, requestId: string): Promise<string> {
    const consentId = await this.unreadable.giveUp(requestId, `client:${caller.id}`);
    if (consentId === null) throw new Problem(NO_ANSWER_WAITED_FOR);
    return consentId;
  }
}
