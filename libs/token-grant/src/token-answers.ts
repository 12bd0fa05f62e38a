import { Injectable, Logger } from '@nestjs/common';
import { BankClient, BankError, type TokenAnswer } from '@consent-hub/bank-client';
import { describeError } from '@consent-hub/platform';
import { AnswerSpool } from './answer-spool.js';
import type { GrantEnd } from './grant-outcome.js';
import { GrantSealer } from './grant-sealer.js';
import { PatientWriter } from './patient-writer.js';
import type { OpenRequest } from './reserved-request.js';
import type { SpooledAnswer } from './spooled-answer.js';
import type { TokenRequestEntity } from './token-request.entity.js';
import { TokenSettlement } from './token-settlement.js';

/** What the bank says to a request, written down: a grant on the disk first, then everything in the database. */
@Injectable()
export class TokenAnswers {
  private readonly logger = new Logger(TokenAnswers.name);

  constructor(
    private readonly sealer: GrantSealer,
    private readonly bank: BankClient,
    private readonly settlement: TokenSettlement,
    private readonly spool: AnswerSpool,
    private readonly writer: PatientWriter,
  ) {}

  /** Keeps and settles an answer that has just arrived. */
  async receive(request: OpenRequest, answer: TokenAnswer): Promise<GrantEnd> {
    const { requestId } = request;
    await this.spool.append(request, answer.body).catch((error: unknown) => {
      this.logger.error({ msg: 'answer not spooled', requestId, error: describeError(error) });
    });
    const end = await this.settle(request, answer);
    this.spool.noteSettled(request);
    return end;
  }

  private settle(request: OpenRequest, answer: TokenAnswer): Promise<GrantEnd> {
    const { requestId } = request;
    const tokens = this.read(answer.body);
    if (tokens instanceof BankError)
      return this.writer.write(requestId, () => this.settlement.keep(request, answer.body, tokens));
    if (!answer.responseIdMatches) this.logger.warn({ msg: 'answer with a foreign Response-ID', requestId });
    const facts = answer.responseIdMatches ? {} : { response_id_matches: false };
    return this.writer.write(requestId, () => this.settlement.commit(request, tokens, facts));
  }

  /** Settles a call that brought no answer to keep. */
  fail(request: OpenRequest, error: BankError): Promise<GrantEnd> {
    return this.writer.write(request.requestId, () => this.settlement.fail(request, error));
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
  isHeard(request: OpenRequest): boolean {
    return this.spool.hasHeard(request);
  }

  /**
   * Settles what the spool of this machine holds of the pairs that followed the one a request spends. A refusal of that
   * pair is no news then, and spending it would be a second time.
   *
   * @returns what came of it; null when the spool holds none
   */
  async settleSpooled({ id, consentId, expectedGeneration }: OpenRequest): Promise<GrantEnd | null> {
    let last: GrantEnd | null = null;
    for (const answer of await this.spool.find(consentId, expectedGeneration))
      if (answer.request.id !== id) last = await this.settleFromSpool(answer);
    return last;
  }

  /** An answer that cannot be read yet goes on to the journal, which keeps it for longer than the spool. */
  async settleFromSpool(answer: SpooledAnswer): Promise<GrantEnd> {
    const { request } = answer;
    const body = this.sealer.openSpooled(answer);
    const tokens = this.read(body);
    return tokens instanceof BankError
      ? this.settlement.keep(request, body, tokens)
      : this.settlement.commit(request, tokens, { from_spool: true });
  }

  /**
   * Reads an answer that the journal keeps: it may have become readable with a newer version of the program.
   *
   * @returns null when it cannot be read
   */
  async readKept(request: TokenRequestEntity): Promise<GrantEnd | null> {
    if (!request.rawAnswer) throw new Error(`request ${request.id} holds no answer`);
    const tokens = this.read(this.sealer.openAnswer(request, request.rawAnswer));
    return tokens instanceof BankError
      ? null
      : this.settlement.commit(request, tokens, { from_kept_answer: true });
  }

  private read(body: TokenAnswer['body']) {
    try {
      return this.bank.readTokenAnswer(body);
    } catch (error) {
      if (error instanceof BankError) return error;
      throw error;
    }
  }
}
