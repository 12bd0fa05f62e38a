import { Injectable, Logger } from '@nestjs/common';
import { BankError, type TokenAnswer } from '@consent-hub/bank-client';
import { describeError } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { AnswerReader, type ReadAnswer } from '../answers/answer-reader.service.js';
import { AnswerSpool } from '../answers/answer-spool.service.js';
import { ending, type GrantEnd } from './grant-outcome.js';
import { PatientWriter } from './patient-writer.js';
import { quietly } from '../request/quietly.js';
import { logNamesOf, type OpenRequest } from '../request/reserved-request.js';
import type { SpooledAnswer } from '../answers/spooled-answer.js';
import type { TokenRequestEntity } from '../request/token-request.entity.js';
import { TokenSettlement } from './token-settlement.service.js';
import { UnreadableAnswerService } from './unreadable-answer.service.js';

/** What the bank says to a request, written down: a grant on the disk first, then everything in the database. */
@Injectable()
export class TokenAnswers {
  private readonly logger = new Logger(TokenAnswers.name);

  constructor(
    private readonly reader: AnswerReader,
    private readonly settlement: TokenSettlement,
    private readonly unread: UnreadableAnswerService,
    private readonly spool: AnswerSpool,
    private readonly writer: PatientWriter,
  ) {}

  /**
   * Brings an answer to the disk, before anything looks at it.
   *
   * @param spent the refresh token that the request spends; undefined for a code
   * @returns once it is there, or cannot be brought there: it is settled all the same; never rejects
   */
  keep(request: OpenRequest, { body }: TokenAnswer, spent: Secret | undefined): Promise<void> {
    return this.spool.append(request, { body, spent }).catch((error: unknown) => {
      const line = { msg: 'answer not spooled', ...logNamesOf(request), error: describeError(error) };
      quietly(() => this.logger.error(line));
    });
  }

  /** Settles an answer that has just come, and was kept. */
  async receive(request: OpenRequest, answer: TokenAnswer, spent: Secret | undefined): Promise<GrantEnd> {
    const end = await this.settle(request, answer, spent);
    this.spool.noteSettled(request);
    return end;
  }

  private settle(request: OpenRequest, answer: TokenAnswer, spent: Secret | undefined): Promise<GrantEnd> {
    const { requestId } = request;
    const { body, httpStatus, responseIdMatches, isToAnotherRequest = false } = answer;
    const tokens = this.reader.read(request, { body, spent });
    if (tokens instanceof BankError) {
      const context = { ...tokens.context, requestId, httpStatus, callIsOver: !isToAnotherRequest };
      const error = new BankError(tokens.code, context, { cause: tokens });
      return this.writer.write(request, () => this.unread.note(request, body, error));
    }
    if (!responseIdMatches)
      quietly(() => this.logger.warn({ msg: 'answer with a foreign Response-ID', ...logNamesOf(request) }));
    const facts = responseIdMatches ? {} : { response_id_matches: false };
    return this.writer.write(request, () => this.settlement.commit(request, tokens, facts));
  }

  /** Settles a call that brought no answer to keep. */
  fail(request: OpenRequest, error: BankError): Promise<GrantEnd> {
    return this.writer.write(request, () => this.settlement.fail(request, error));
  }

  /** Leaves a call in doubt whose end could not be settled. */
  doubt(request: OpenRequest): Promise<GrantEnd> {
    const { requestId } = request;
    return this.settlement.fail(request, new BankError('outcome_unknown', { requestId }));
  }

  /** From now on the database is not waited for: the spool holds what could not be written. */
  stop(): void {
    this.writer.stop();
  }

  abandon(request: OpenRequest, outcome: string): Promise<GrantEnd> {
    return this.settlement.abandon(request, outcome);
  }

  /** Whether this machine is known to have heard what a request would ask for; costs nothing. */
  isAnswered(request: OpenRequest): boolean {
    return this.spool.hasAnswer(request);
  }

  /**
   * Settles what the spool of this machine holds of the pairs that followed the one a request spends. A refusal of that
   * pair is no news then, and spending it would be a second time.
   *
   * @returns what came of it; null when the spool holds none, or answers without a pair alone
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

  /** An answer that cannot be read yet goes on to the journal, which keeps it for longer than the spool. */
  async settleFromSpool(answer: SpooledAnswer): Promise<GrantEnd> {
    const { request } = answer;
    const { body, tokens } = await this.reader.readSpooled(answer);
    if (!(tokens instanceof BankError)) return this.settlement.commit(request, tokens, { from_spool: true });
    // Who has heard it has ended the call.
    const error = new BankError(tokens.code, { ...tokens.context, callIsOver: true }, { cause: tokens });
    return this.unread.note(request, body, error);
  }

  /**
   * Reads an answer that the journal keeps: it may have become readable with a newer version of the program.
   *
   * @returns null when it cannot be read; `in_doubt` when it is known by now to hold no pair, and a probe may go
   */
  async readKept(request: TokenRequestEntity): Promise<GrantEnd | null> {
    const { tokens }: ReadAnswer = await this.reader.readKept(request);
    if (!(tokens instanceof BankError))
      return this.settlement.commit(request, tokens, { from_kept_answer: true });
    if (tokens.context.holdsPair !== false || request.status !== 'received') return null;
    await this.unread.giveUp(request, { keeps: false });
    return ending('in_doubt');
  }
}
