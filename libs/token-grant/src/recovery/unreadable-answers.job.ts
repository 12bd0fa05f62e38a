import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '@consent-hub/consent';
import { describeError, RecurringJob } from '@consent-hub/platform';
import { logNamesOf } from '../request/reserved-request.js';
import { TokenAnswers } from '../grant/token-answers.service.js';
import { TokenRequestRepository } from '../request/token-request.repository.js';
import type { TokenRequestEntity } from '../request/token-request.entity.js';
import { UnreadableAnswerService } from '../grant/unreadable-answer.service.js';

/** Each is a statement or two; more of them wait for the next time. */
const AT_ONCE = 1000;

/** The result of reading a stored answer again. */
export interface ReparsedAnswer {
  readonly requestId: string;
  readonly consentId: string;
  /**
   * - `in_doubt`: it holds no pair; the next request asks the bank again
   * - `failed`: it could not be opened, or not be written down; the log says why
   */
  readonly result: 'committed' | 'overtaken' | 'in_doubt' | 'unreadable' | 'failed';
}

/** Answers that granted something the program could not read: the journal stores them for a version that can. */
@Injectable()
export class UnreadableAnswersJob extends RecurringJob {
  /** An older version that still runs at the same time may store more. */
  protected readonly intervalMs = 60_000;
  private readonly logger = new Logger(UnreadableAnswersJob.name);
  /** Ids of requests whose answers this version cannot read: it need not try again. */
  private readonly unreadable = new Set<string>();

  constructor(
    private readonly journal: TokenRequestRepository,
    private readonly answers: TokenAnswers,
    private readonly unread: UnreadableAnswerService,
  ) {
    super();
  }

  override async onApplicationBootstrap(): Promise<void> {
    await this.readWaiting();
    await super.onApplicationBootstrap();
  }

  protected override async work(): Promise<void> {
    await this.readWaiting();
  }

  /**
   * Reads stored answers again and stores the pairs that they hold, also those that this version could not read before.
   *
   * @param requestId the Request-ID of one; absent: all that are waited for, up to a thousand that have waited longest
   * @returns one result an answer; empty when there is none
   */
  async reparse(requestId?: string): Promise<ReparsedAnswer[]> {
    if (requestId === undefined) return this.readWaiting(new Set());
    const request = await this.journal.findWithAnswer(requestId);
    return request ? [await this.read(request)] : [];
  }

  private async readWaiting(except: Iterable<string> = this.unreadable): Promise<ReparsedAnswer[]> {
    const results = [];
    for (const request of await this.journal.withUnreadAnswer(AT_ONCE, except)) {
      const result = await this.read(request);
      if (result.result === 'unreadable') this.unreadable.add(request.id);
      results.push(result);
    }
    return results;
  }

  /**
   * Waits no longer for a version that can read an answer: the next request asks the bank again. The answer stays in the journal
   * until a later pair is there.
   *
   * @param requestId the Request-ID
   * @returns the consent; null when no such answer is waited for
   */
  async giveUp(requestId: string, actor: Actor): Promise<string | null> {
    const request = await this.journal.findWithAnswer(requestId);
    if (!request) return null;
    const isDone = await this.unread.giveUp(request, { actor, keepAnswer: true, facts: { given_up: true } });
    return isDone ? request.consentId : null;
  }

  private async read(request: TokenRequestEntity): Promise<ReparsedAnswer> {
    const { requestId, consentId } = request;
    return { requestId, consentId, result: await this.resultOf(request) };
  }

  private async resultOf(request: TokenRequestEntity): Promise<ReparsedAnswer['result']> {
    try {
      const end = await this.answers.readStored(request);
      if (!end) return 'unreadable';
      return end.outcome === 'committed' || end.outcome === 'in_doubt' ? end.outcome : 'overtaken';
    } catch (error) {
      this.logger.error({
        msg: 'stored token answer could not be read again',
        ...logNamesOf(request),
        error: describeError(error),
      });
      return 'failed';
    }
  }
}
