import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { describeError } from '@consent-hub/platform';
import { TokenAnswers } from './token-answers.js';
import { TokenJournal } from './token-journal.js';
import type { TokenRequestEntity } from './token-request.entity.js';

/** Each is a statement or two; more of them wait for the next time. */
const AT_ONCE = 1000;

/** What came of reading a kept answer again. */
export interface ReparsedAnswer {
  readonly requestId: string;
  readonly consentId: string;
  /** `failed`: it could not be opened, or not be written down; the log says why. */
  readonly result: 'committed' | 'overtaken' | 'unreadable' | 'failed';
}

/** Answers that granted something the program could not read: the journal keeps them for a version that can. */
@Injectable()
export class KeptAnswers implements OnApplicationBootstrap {
  private readonly logger = new Logger(KeptAnswers.name);

  constructor(
    private readonly journal: TokenJournal,
    private readonly answers: TokenAnswers,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.reparse();
  }

  /**
   * Reads kept answers again and stores what they hold.
   *
   * @param requestId the Request-ID of one; absent: all of them
   * @returns one result an answer; empty when there is none
   */
  async reparse(requestId?: string): Promise<ReparsedAnswer[]> {
    const results = [];
    for (const request of await this.journal.kept(AT_ONCE, requestId)) {
      const { requestId: name, consentId } = request;
      results.push({ requestId: name, consentId, result: await this.read(request) });
    }
    return results;
  }

  private async read(request: TokenRequestEntity): Promise<ReparsedAnswer['result']> {
    try {
      const end = await this.answers.readKept(request);
      if (!end) return 'unreadable';
      return end.outcome === 'committed' ? 'committed' : 'overtaken';
    } catch (error) {
      const { requestId } = request;
      this.logger.error({ msg: 'answer stays unread', requestId, error: describeError(error) });
      return 'failed';
    }
  }
}
