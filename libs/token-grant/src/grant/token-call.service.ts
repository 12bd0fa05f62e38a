import { Injectable, Logger } from '@nestjs/common';
import { BankClient, BankError, type TokenAnswer, type TokenRequest } from '@consent-hub/bank-client';
import { GrantEvents } from './grant-events.js';
import { ending, type GrantEnd } from './verdict.js';
import { TokenSealer } from '../answers/token-sealer.service.js';
import { ReservationService } from '../request/reservation.service.js';
import { quietly } from '../request/quietly.js';
import { endRequestSpan, failRequestSpan, spanOf, tracedNamesOf } from '../request/request-span.js';
import type { OpenRequest, ReservedRequest } from '../request/reserved-request.js';
import { TokenAnswers } from './token-answers.service.js';

/** One reserved request: sent outside any transaction; its result is stored. */
@Injectable()
export class TokenCall {
  private readonly logger = new Logger(TokenCall.name);
  /** Pairs whose calls have not ended, also those that the database has lost. */
  private readonly underWay = new Set<string>();

  constructor(
    private readonly sealer: TokenSealer,
    private readonly bank: BankClient,
    private readonly reservations: ReservationService,
    private readonly answers: TokenAnswers,
    private readonly events: GrantEvents,
  ) {}

  /**
   * Sends a request that this process has reserved, and ends its span where one was begun.
   *
   * @param answered for a scheduled refresh, which has no caller; called when the bank has answered, before that is written down
   * @returns the outcome; `committed` also where the spool had the answer already
   */
  async send(reserved: ReservedRequest, answered?: () => void): Promise<GrantEnd> {
    const since = performance.now();
    try {
      const end = await this.exchange(reserved, answered);
      if (end.outcome === 'in_doubt') this.reservations.own.doubted(reserved.request);
      else this.reservations.own.settled(reserved.request);
      const ms = performance.now() - since;
      quietly(() => this.ended(reserved.request, end, ms, answered !== undefined));
      quietly(() => endRequestSpan(reserved.request, end));
      return end;
    } catch (error) {
      this.reservations.own.leave(reserved.request);
      quietly(() => failRequestSpan(reserved.request, error));
      throw error;
    }
  }

  private async exchange(reserved: ReservedRequest, answered?: () => void): Promise<GrantEnd> {
    const { request } = reserved;
    const call = await this.prepare(reserved);
    const isProbe = request.probeOf !== null;
    // A failover may have made the database forget that this pair was spent, and with what answer.
    const isAnswered = this.answers.isAnswered(request);
    const known = isProbe || isAnswered ? await this.answers.settleSpooled(request) : null;
    if (known && (isAnswered || known.outcome !== 'overtaken')) {
      await this.reservations.giveBack(request, 'answer_in_spool');
      return known;
    }
    if (!reserved.isFresh()) return this.giveBack(request, 'held_up');
    const pair = `${request.consentId}:${request.expectedGeneration}`;
    if (this.underWay.has(pair)) return this.giveBack(request, 'under_way');
    this.underWay.add(pair);
    try {
      return await this.spend(reserved, call, answered);
    } finally {
      this.underWay.delete(pair);
    }
  }

  private async spend(
    { request, isFresh }: ReservedRequest,
    call: TokenRequest,
    answered?: () => void,
  ): Promise<GrantEnd> {
    this.reservations.own.send(request);
    this.sent(request, answered !== undefined);
    const since = performance.now();
    const span = spanOf(request);
    const answer = await this.ask(span ? { ...call, span } : call, isFresh);
    if (!(answer instanceof BankError)) {
      const spent = call.grantType === 'refresh_token' ? call.refreshToken : undefined;
      // On its way to the disk before anything else is done, reported, or can fail.
      const appended = this.answers.append(request, answer, spent);
      this.noteAnswer(request, answer, since, answered);
      await appended;
      return this.answers.settle(request, answer, spent);
    }
    this.noteAnswer(request, answer, since, answered);
    return this.answers.fail(request, answer);
  }

  private async giveBack(request: OpenRequest, outcome: string): Promise<GrantEnd> {
    await this.reservations.giveBack(request, outcome);
    return ending('not_sent');
  }

  private async ask(call: TokenRequest, maySend: () => boolean): Promise<TokenAnswer | BankError> {
    try {
      return await this.bank.requestToken(call, maySend);
    } catch (error) {
      if (!(error instanceof BankError)) throw error;
      return error;
    }
  }

  /** Reports that an answer has come; a listener that fails does not stop its way to the disk. */
  private noteAnswer(
    request: OpenRequest,
    answer: TokenAnswer | BankError,
    since: number,
    answered: () => void = () => undefined,
  ): void {
    const facts =
      answer instanceof BankError
        ? { status: answer.context.httpStatus ?? null, problem: answer.code }
        : { status: answer.httpStatus };
    const ms = Math.round(performance.now() - since);
    for (const report of [
      () => this.reservations.own.answered(request),
      answered,
      () => this.logger.log({ msg: 'token request answered', ...tracedNamesOf(request), ...facts, ms }),
    ])
      quietly(report);
  }

  private sent(request: OpenRequest, isScheduled: boolean): void {
    const { brand, grantType, probeOf } = request;
    const about = { brand, grantType, isProbe: probeOf !== null, isScheduled };
    this.logger.debug({ msg: 'token request sent', ...tracedNamesOf(request), ...about });
  }

  private ended(request: OpenRequest, { outcome, reason }: GrantEnd, ms: number, isScheduled: boolean): void {
    const { consentId, brand, grantType, probeOf } = request;
    const about = { consentId, brand, grantType, outcome, reason };
    this.logger.log({
      msg: 'token request settled',
      ...tracedNamesOf(request),
      ...about,
      ms: Math.round(ms),
    });
    const isProbe = probeOf !== null;
    this.events.emit({ type: 'request_ended', ...about, isProbe, isScheduled, seconds: ms / 1000 });
  }

  private async prepare(reserved: ReservedRequest): Promise<TokenRequest> {
    try {
      return await this.sealer.open(reserved);
    } catch (error) {
      await this.giveBack(reserved.request, 'not_opened');
      throw error;
    }
  }
}
