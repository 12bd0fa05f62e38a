import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { BankClient, BankError, type TokenAnswer } from '@consent-hub/bank-client';
import type { EventData } from '@consent-hub/consent';
import { isDatabaseOutage } from '@consent-hub/platform';
import { AnswerSpool, type SpooledRequest } from './answer-spool.js';
import { GrantSealer } from './grant-sealer.js';
import type { ReservedRequest } from './token-journal.js';
import type { TokenRequestEntity } from './token-request.entity.js';
import { TokenSettlement } from './token-settlement.js';

/** Longest wait between two tries to write an answer down while the database is away, milliseconds. */
const OUTAGE_BACKOFF_MS = 2_000;

/** One reserved request: sent outside any transaction, and what comes of it written down. */
@Injectable()
export class TokenCall {
  private readonly logger = new Logger(TokenCall.name);
  private stopping = false;

  constructor(
    private readonly sealer: GrantSealer,
    private readonly bank: BankClient,
    private readonly settlement: TokenSettlement,
    private readonly spool: AnswerSpool,
  ) {}

  /**
   * Sends a request that this process has reserved.
   *
   * @returns whether a pair came of it; where not, journal and consent say why
   */
  async send(reserved: ReservedRequest): Promise<boolean> {
    const { request } = reserved;
    const call = await this.prepare(reserved);
    if (!reserved.isFresh()) {
      await this.settlement.abandon(request, 'held_up');
      this.log(request, 'held_up');
      return false;
    }
    let answer;
    try {
      answer = await this.bank.requestToken(call);
    } catch (error) {
      if (!(error instanceof BankError)) throw error;
      await this.write(request, () => this.settlement.fail(request, error));
      this.log(request, error.code);
      return false;
    }
    return this.receive(request, answer);
  }

  /**
   * Reads a kept answer again: it may have become readable with a newer version of the program.
   *
   * @returns whether it was
   */
  async readKept(request: TokenRequestEntity): Promise<boolean> {
    if (!request.rawAnswer) throw new Error(`request ${request.id} holds no answer`);
    return this.settleAnswer(request, request.rawAnswer, { from_kept_answer: true });
  }

  /**
   * Settles an answer that was kept.
   *
   * @returns whether it can be read
   */
  async settleAnswer(request: SpooledRequest, sealed: Buffer, facts: EventData): Promise<boolean> {
    const tokens = this.read(this.sealer.openAnswer(request, sealed));
    if (tokens instanceof BankError) return false;
    await this.settlement.commit(request, tokens, facts);
    return true;
  }

  /** From now on the database is not waited for: the spool holds what could not be written. */
  stop(): void {
    this.stopping = true;
  }

  private async receive(request: TokenRequestEntity, answer: TokenAnswer): Promise<boolean> {
    await this.spool
      .append({ request, sealed: this.sealer.sealAnswer(request, answer.body) })
      .catch((error: unknown) => {
        this.logger.error({ msg: 'answer not spooled', requestId: request.requestId, err: error });
      });
    const tokens = this.read(answer.body);
    if (tokens instanceof BankError) {
      this.log(request, tokens.code);
      await this.write(request, () => this.settlement.keep(request, answer.body, tokens));
      return false;
    }
    const facts = answer.responseIdMatches ? {} : { response_id_matches: false };
    await this.write(request, () => this.settlement.commit(request, tokens, facts));
    this.log(request, answer.responseIdMatches ? 'committed' : 'committed_with_foreign_response_id');
    return true;
  }

  private read(body: TokenAnswer['body']) {
    try {
      return this.bank.readTokenAnswer(body);
    } catch (error) {
      if (error instanceof BankError) return error;
      throw error;
    }
  }

  private async prepare(reserved: ReservedRequest) {
    try {
      return this.sealer.open(reserved);
    } catch (error) {
      await this.settlement.abandon(reserved.request, 'not_opened');
      throw error;
    }
  }

  /** Writes what the bank said, however long the database is away. */
  private async write(request: TokenRequestEntity, work: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!isDatabaseOutage(error) || this.stopping) throw error;
        if (tries === 1)
          this.logger.warn({ msg: 'database away, answer waits', requestId: request.requestId });
        await delay(Math.min(OUTAGE_BACKOFF_MS, 50 * 2 ** tries));
      }
    }
  }

  private log(request: TokenRequestEntity, outcome: string): void {
    const { requestId, consentId, brand, grantType } = request;
    this.logger.log({ msg: 'token request', requestId, consentId, brand, grantType, outcome });
  }
}
