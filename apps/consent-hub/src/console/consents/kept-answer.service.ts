import { TokenRequestSearch, UnreadableAnswersJob, type FoundTokenRequest } from '@consent-hub/token-grant';
import { Injectable } from '@nestjs/common';
import { ConsoleFailure } from '../access/console-failure.js';
import { ConsentActionsService, type WantedAction } from './consent-actions.service.js';

const NO_ANSWER = new ConsoleFailure(
  409,
  'No answer is kept',
  'The bank has given no answer to this consent that cannot be read, or it was read or given up in the meantime. Nothing was changed.',
);
const STILL_UNREADABLE = new ConsoleFailure(
  409,
  'The answer still cannot be read',
  'It stays stored, and is read again by a later version. The timeline and the audit show that you asked for it.',
);
/** How many of the latest calls are searched: while one waits, no other is made. */
const LATEST = 50;

/** What people do about an answer that could not be read. That they ask for it is written first. */
@Injectable()
export class KeptAnswerService {
  constructor(
    private readonly actions: ConsentActionsService,
    private readonly requests: TokenRequestSearch,
    private readonly answers: UnreadableAnswersJob,
  ) {}

  /** @throws ConsoleFailure where there is none, or it cannot be read by this version either */
  async reread(wanted: WantedAction): Promise<void> {
    const { requestId } = await this.find(wanted, ({ keepsAnswer }) => keepsAnswer);
    await this.actions.note(wanted, 'reread', 'answer_read_again');
    const [read] = await this.answers.reparse(requestId);
    if (!read) throw NO_ANSWER;
    if (read.result === 'unreadable' || read.result === 'failed') throw STILL_UNREADABLE;
  }

  /** The next request for the consent asks the bank again. @throws ConsoleFailure where none is waited for */
  async resolve(wanted: WantedAction): Promise<void> {
    const { requestId } = await this.find(wanted, ({ status }) => status === 'received');
    await this.actions.note(wanted, 'resolve', 'answer_given_up');
    const consentId = await this.answers.giveUp(requestId, `admin:${wanted.session.subject}`);
    if (consentId === null) throw NO_ANSWER;
  }

  private async find(
    { consentId }: WantedAction,
    isWanted: (request: FoundTokenRequest) => boolean,
  ): Promise<FoundTokenRequest> {
    await this.actions.get(consentId);
    const { items } = await this.requests.page({ consentId }, LATEST);
    const request = items.find(isWanted);
    if (!request) throw NO_ANSWER;
    return request;
  }
}
