import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { BankError, type TokenAnswer } from '@consent-hub/bank-client';
import { describeError, isDatabaseOutage, isLockTimeout } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { AnswerReader, type ReadAnswer } from '../answers/answer-reader.service.js';
import { AnswerSpool } from '../answers/answer-spool.service.js';
import { GrantEvents } from './grant-events.js';
import { ending, verdictOf, type GrantEnd } from './verdict.js';
import { quietly } from '../request/quietly.js';
import { logNamesOf, type OpenRequest } from '../request/reserved-request.js';
import type { SpooledAnswer } from '../answers/spooled-answer.js';
import type { TokenRequestEntity } from '../request/token-request.entity.js';
import { TokenSettlement } from './token-settlement.service.js';
import { UnreadableAnswerService } from './unreadable-answer.service.js';

/** Longest wait between two tries to write while the database is unavailable, milliseconds. */
const LONGEST_WAIT_MS = 2_000;

/** Writes what the bank answered to a request: a grant to the spool first, then everything to the database. */
@Injectable()
export class TokenAnswers {
  private readonly logger = new Logger(TokenAnswers.name);
  private stopping = false;

  constructor(
    private readonly reader: AnswerReader,
    private readonly settlement: TokenSettlement,
    private readonly unread: UnreadableAnswerService,
    private readonly spool: AnswerSpool,
    private readonly events: GrantEvents,
  ) {}

  /**
   * Writes an answer to the spool, before anything parses it.
   *
   * @param spent the refresh token that the request spends; undefined for a code
   * @returns once it is on the disk, or cannot be written: it is settled all the same; never rejects
   */
  append(request: OpenRequest, { body }: TokenAnswer, spent: Secret | undefined): Promise<void> {
    return this.spool.append(request, { body, spent }).catch((error: unknown) => {
      const line = {
        msg: 'token answer not written to the spool',
        ...logNamesOf(request),
        error: describeError(error),
      };
      quietly(() => this.logger.error(line));
    });
  }

  /** Settles an answer that has just arrived, after `append`. */
  async settle(request: OpenRequest, answer: TokenAnswer, spent: Secret | undefined): Promise<GrantEnd> {
    const end = await this.settleAnswer(request, answer, spent);
    this.spool.noteSettled(request);
    return end;
  }

  private settleAnswer(
    request: OpenRequest,
    answer: TokenAnswer,
    spent: Secret | undefined,
  ): Promise<GrantEnd> {
    const { requestId } = request;
    const { body, httpStatus, responseIdMatches, isToAnotherRequest = false } = answer;
    const tokens = this.reader.read(request, { body, spent });
    if (tokens instanceof BankError) {
      const context = { ...tokens.context, requestId, httpStatus, callIsOver: !isToAnotherRequest };
      const error = new BankError(tokens.code, context, { cause: tokens });
      return this.retry(request, () => this.unread.note(request, body, error));
    }
    if (!responseIdMatches)
      quietly(() =>
        this.logger.warn({
          msg: 'token answer has the Response-ID of another request',
          ...logNamesOf(request),
        }),
      );
    const facts = responseIdMatches ? {} : { response_id_matches: false };
    return this.retry(request, () => this.settlement.commit(request, tokens, facts));
  }

  /**
   * Settles a call that brought no pair.
   *
   * @returns the result; `committed` where the spool held the pair that the bank refuses to grant again
   */
  async fail(request: OpenRequest, error: BankError): Promise<GrantEnd> {
    const verdict = verdictOf(error.code, request.grantType, request.probeOf !== null);
    // Before a pair is marked as lost: the spool may hold it, if the database has lost it in a failover.
    const isLoss = verdict.kind === 'ended' && verdict.to === 'failed';
    const found = isLoss ? await this.settleSpooled(request) : null;
    const end = await this.retry(request, () => this.settlement.fail(request, error, verdict));
    return found?.outcome === 'committed' ? found : end;
  }

  /** Leaves a call in doubt whose end could not be settled. */
  doubt(request: OpenRequest): Promise<GrantEnd> {
    const { requestId } = request;
    const error = new BankError('outcome_unknown', { requestId });
    return this.settlement.fail(request, error, { kind: 'in_doubt' });
  }

  /** From now on no write is retried while the database is unavailable: the spool holds what could not be written. */
  stop(): void {
    this.stopping = true;
  }

  /** Whether this machine is known to have the answer to what a request would ask for; reads no file. */
  isAnswered(request: OpenRequest): boolean {
    return this.spool.hasAnswer(request);
  }

  /**
   * Settles what the spool of this machine holds of the pairs that followed the one a request spends. A refusal of that
   * pair is no news then, and spending it would be a second time.
   *
   * @returns the result; null when the spool holds none, or answers without a pair alone
   */
  async settleSpooled({ id, consentId, expectedGeneration }: OpenRequest): Promise<GrantEnd | null> {
    let last: GrantEnd | null = null;
    for (const answer of await this.spool.find(consentId, expectedGeneration)) {
      if (answer.request.id === id) continue;
      const end = await this.settleFromSpool(answer);
      if (end.outcome !== 'in_doubt') last = end;
    }
    return last;
  }

  /** An answer that cannot be read yet is passed to the journal, which stores it for longer than the spool. */
  async settleFromSpool(answer: SpooledAnswer): Promise<GrantEnd> {
    const { request } = answer;
    const { body, tokens } = await this.reader.readSpooled(answer);
    if (!(tokens instanceof BankError)) return this.settlement.commit(request, tokens, { from_spool: true });
    // The process that received it has ended the call.
    const error = new BankError(tokens.code, { ...tokens.context, callIsOver: true }, { cause: tokens });
    return this.unread.note(request, body, error);
  }

  /**
   * Reads an unreadable answer of the journal again: a newer version of the program may be able to.
   *
   * @returns null when it cannot be read; `in_doubt` when it is known by now to hold no pair, and a probe may go
   */
  async readStored(request: TokenRequestEntity): Promise<GrantEnd | null> {
    const { tokens }: ReadAnswer = await this.reader.readStored(request);
    if (!(tokens instanceof BankError))
      return this.settlement.commit(request, tokens, { from_kept_answer: true });
    if (tokens.context.holdsPair !== false || request.status !== 'received') return null;
    await this.unread.giveUp(request, { keepAnswer: false });
    return ending('in_doubt');
  }

  /** Writes what the bank answered, and tries again for as long as the database is unavailable or a row is locked. */
  private async retry<T>(request: OpenRequest, write: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await write();
      } catch (error) {
        if (!isDatabaseOutage(error) || this.stopping) throw error;
        if (tries === 1) this.noteWait(request, isLockTimeout(error));
        await delay(Math.min(LONGEST_WAIT_MS, 50 * 2 ** tries));
      }
    }
  }

  private noteWait(request: OpenRequest, isLocked: boolean): void {
    const msg = isLocked
      ? 'answer not written yet: a row is locked'
      : 'answer not written yet: the database is unavailable';
    this.logger.warn({ msg, ...logNamesOf(request) });
    if (!isLocked) this.events.emit({ type: 'database_unavailable' });
  }
}
