import { Injectable, Logger } from '@nestjs/common';
import { BankClient, BankError, type TokenAnswer, type TokenRequest } from '@consent-hub/bank-client';
import { GrantObserver } from './grant-observer.js';
import type { GrantEnd } from './grant-outcome.js';
import { TokenSealer } from '../answers/token-sealer.service.js';
import { OwnRequests } from '../request/own-requests.registry.js';
import { quietly } from '../request/quietly.js';
import { logNamesOf, type OpenRequest, type ReservedRequest } from '../request/reserved-request.js';
import { TokenAnswers } from './token-answers.service.js';
import { verdictOf } from './verdict.js';

/** One reserved request: sent outside any transaction, and what comes of it written down. */
@Injectable()
export class TokenCall {
  private readonly logger = new Logger(TokenCall.name);
  /** Pairs whose calls have not ended, whatever the database remembers of them. */
  private readonly underWay = new Set<string>();

  constructor(
    private readonly sealer: TokenSealer,
    private readonly bank: BankClient,
    private readonly answers: TokenAnswers,
    private readonly observer: GrantObserver,
    private readonly own: OwnRequests,
  ) {}

  /**
   * Sends a request that this process has reserved.
   *
   * @param answered nobody asked for it: it was due; called when the bank has answered, before that is written down
   * @returns what became of it; `committed` also where the spool had the answer already
   */
  async send(reserved: ReservedRequest, answered?: () => void): Promise<GrantEnd> {
    const since = performance.now();
    try {
      const end = await this.exchange(reserved, answered);
      if (end.outcome === 'in_doubt') this.own.doubted(reserved.request);
      else this.own.settled(reserved.request);
      const ms = performance.now() - since;
      quietly(() => this.ended(reserved.request, end, ms, answered !== undefined));
      return end;
    } catch (error) {
      this.own.leave(reserved.request);
      throw error;
    }
  }

  /** Gives a reservation back. Where the database does not take it, the next sweep of this process sees that it was not sent. */
  async giveBack({ request }: ReservedRequest, outcome: string): Promise<GrantEnd> {
    try {
      const end = await this.answers.abandon(request, outcome);
      this.own.release([request.id]);
      return end;
    } catch (error) {
      this.own.abandon([request.id]);
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
      await this.giveBack(reserved, 'answer_in_spool');
      return known;
    }
    if (!reserved.isFresh()) return this.giveBack(reserved, 'held_up');
    const pair = `${request.consentId}:${request.expectedGeneration}`;
    if (this.underWay.has(pair)) return this.giveBack(reserved, 'under_way');
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
    this.own.send(request);
    this.sent(request, answered !== undefined);
    const since = performance.now();
    const answer = await this.ask(call, isFresh);
    if (!(answer instanceof BankError)) {
      const spent = call.grantType === 'refresh_token' ? call.refreshToken : undefined;
      // On its way to the disk before anything else is done, told, or can fail.
      const kept = this.answers.keep(request, answer, spent);
      this.heard(request, answer, since, answered);
      await kept;
      return this.answers.receive(request, answer, spent);
    }
    this.heard(request, answer, since, answered);
    const verdict = verdictOf(answer.code, request.grantType, request.probeOf !== null);
    // Before a pair is called lost: it may lie in the spool, where a failover has made the database forget it.
    const isLoss = verdict.kind === 'ended' && verdict.to === 'failed';
    const found = isLoss ? await this.answers.settleSpooled(request) : null;
    const end = await this.answers.fail(request, answer);
    return found?.outcome === 'committed' ? found : end;
  }

  private async ask(call: TokenRequest, maySend: () => boolean): Promise<TokenAnswer | BankError> {
    try {
      return await this.bank.requestToken(call, maySend);
    } catch (error) {
      if (!(error instanceof BankError)) throw error;
      return error;
    }
  }

  /** Tells of an answer, and loses none over who cannot be told. */
  private heard(
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
    for (const tell of [
      () => this.own.answered(request),
      answered,
      () => this.logger.log({ msg: 'token request answered', ...logNamesOf(request), ...facts, ms }),
    ])
      quietly(tell);
  }

  private sent(request: OpenRequest, isScheduled: boolean): void {
    const { brand, grantType, probeOf } = request;
    const about = { brand, grantType, isProbe: probeOf !== null, isScheduled };
    this.logger.debug({ msg: 'token request sent', ...logNamesOf(request), ...about });
  }

  private ended(request: OpenRequest, { outcome, reason }: GrantEnd, ms: number, isScheduled: boolean): void {
    const { consentId, brand, grantType, probeOf } = request;
    const about = { consentId, brand, grantType, outcome, reason };
    this.logger.log({ msg: 'token request settled', ...logNamesOf(request), ...about, ms: Math.round(ms) });
    this.observer.requestEnded({ ...about, isProbe: probeOf !== null, isScheduled, seconds: ms / 1000 });
  }

  private async prepare(reserved: ReservedRequest): Promise<TokenRequest> {
    try {
      return this.sealer.open(reserved);
    } catch (error) {
      await this.giveBack(reserved, 'not_opened');
      throw error;
    }
  }
}
