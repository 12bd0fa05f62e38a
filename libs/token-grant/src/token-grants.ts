import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { BankClient, BankError } from '@consent-hub/bank-client';
import { ConsentError, ConsentRepository, type Patience } from '@consent-hub/consent';
import type { GrantType } from '@consent-hub/psd2-protocol';
import { GrantSealer } from './grant-sealer.js';
import { TokenJournal, type ReservedRequest } from './token-journal.js';
import type { TokenRequestEntity } from './token-request.entity.js';
import { TokenSettlement } from './token-settlement.js';

/** Calls that never reached the bank are repeated this often in all, after waits of up to these milliseconds. */
const BACKOFF_MS = [250, 1_000];

/** How often a request of another replica is looked at, milliseconds. */
const WATCH_MS = 100;

const IN_PROGRESS_RETRY_SECONDS = 2;
const UNAVAILABLE_RETRY_SECONDS = 5;

/**
 * The one path by which POST /token is called: reserve, call, settle. Callers of the same pair share one call, in this
 * process through a promise, across processes through the journal. A caller that stops waiting cancels nothing.
 */
@Injectable()
export class TokenGrants implements BeforeApplicationShutdown {
  private readonly logger = new Logger(TokenGrants.name);
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly journal: TokenJournal,
    private readonly settlement: TokenSettlement,
    private readonly sealer: GrantSealer,
    private readonly bank: BankClient,
    private readonly consents: ConsentRepository,
  ) {}

  /**
   * Spends the authorization code of a consent for its first pair.
   *
   * @throws ConsentError
   */
  exchangeCode(consentId: string, patience: Patience): Promise<void> {
    return this.join(consentId, 'authorization_code', 0, patience);
  }

  /**
   * Spends the refresh token of a generation for the next pair; resolves at once when a newer pair is there.
   *
   * @throws ConsentError
   */
  refresh(consentId: string, generation: number, patience: Patience): Promise<void> {
    return this.join(consentId, 'refresh_token', generation, patience);
  }

  /** What is under way at the bank is waited for: its answer is somebody's consent. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.underWay.values());
  }

  private join(
    consentId: string,
    grantType: GrantType,
    generation: number,
    patience: Patience,
  ): Promise<void> {
    const key = `${consentId}:${generation}`;
    let shared = this.underWay.get(key);
    if (!shared) {
      shared = this.grant(consentId, grantType, generation).finally(() => this.underWay.delete(key));
      this.underWay.set(key, shared);
    }
    return withPatience(shared, patience, consentId);
  }

  private async grant(consentId: string, grantType: GrantType, generation: number): Promise<void> {
    for (let tries = 0; ;) {
      const reserved = await this.journal.reserve(consentId, grantType, generation);
      switch (reserved.kind) {
        case 'current':
          return;
        case 'not_live':
          throw notLive(consentId, reserved.consent);
        case 'in_doubt':
          throw await this.failureOf(reserved.request);
        case 'received':
          return this.readKeptAnswer(reserved.request);
        case 'under_way':
          await this.watch(reserved.request);
          break;
        case 'reserved': {
          const failure = await this.send(reserved);
          if (!failure) return;
          const backoff = BACKOFF_MS[tries++];
          if (failure.code !== 'bank_unavailable' || backoff === undefined) throw failure;
          await delay(Math.random() * backoff);
        }
      }
    }
  }

  /** Calls the bank outside any transaction and writes what became of it. */
  private async send(reserved: ReservedRequest): Promise<ConsentError | null> {
    const { request } = reserved;
    let answer;
    try {
      answer = await this.bank.requestToken(await this.prepare(reserved));
    } catch (error) {
      if (!(error instanceof BankError)) throw error;
      this.log(request, error.code);
      await this.settlement.fail(request, error);
      return this.failureOf(request);
    }
    let tokens;
    try {
      tokens = this.bank.readTokenAnswer(answer.body);
    } catch (error) {
      if (!(error instanceof BankError)) throw error;
      this.logger.error(`unreadable answer kept, Request-ID ${request.requestId}`);
      await this.settlement.keep(request, answer.body, error);
      return this.failureOf(request);
    }
    if (!answer.responseIdMatches) this.logger.warn(`Response-ID is not Request-ID ${request.requestId}`);
    await this.settlement.commit(
      request,
      tokens,
      answer.responseIdMatches ? {} : { response_id_matches: false },
    );
    this.log(request, 'committed');
    return null;
  }

  private async prepare(reserved: ReservedRequest) {
    try {
      return this.sealer.open(reserved);
    } catch (error) {
      await this.settlement.abandon(reserved.request, 'not_opened');
      throw error;
    }
  }

  /** A kept answer may have become readable with a newer version of the program. */
  private async readKeptAnswer(request: TokenRequestEntity): Promise<void> {
    if (!request.rawAnswer) throw new Error(`request ${request.id} holds no answer`);
    let tokens;
    try {
      tokens = this.bank.readTokenAnswer(this.sealer.openAnswer(request, request.rawAnswer));
    } catch (error) {
      if (error instanceof BankError) throw await this.failureOf(request);
      throw error;
    }
    await this.settlement.commit(request, tokens, { from_kept_answer: true });
  }

  /** Waits for the call of another replica, as long as that may be under way. */
  private async watch(request: TokenRequestEntity): Promise<void> {
    const deadline = Date.now() + (await this.journal.secondsOfLease(request.id)) * 1000;
    while (Date.now() < deadline) {
      await delay(WATCH_MS);
      const now = await this.journal.find(request.id);
      if (now?.status === 'sent') continue;
      // Its end decides for us too, but for one: a pair that the bank never saw may be tried again by us.
      if (now && now.status !== 'committed' && now.status !== 'not_sent') throw await this.failureOf(now);
      return;
    }
  }

  /** What a caller is told of a request that brought no pair, from what the journal and the consent say now. */
  private async failureOf({ id, consentId }: TokenRequestEntity): Promise<ConsentError> {
    const [request, consent] = await Promise.all([this.journal.find(id), this.consents.find(consentId)]);
    if (consent?.endedAt) return notLive(consentId, consent);
    const bank = {
      ...(request?.bankError != null && { bankError: request.bankError }),
      ...(request?.bankErrorCode != null && { bankErrorCode: request.bankErrorCode }),
    };
    switch (request?.status) {
      case 'refused':
        return new ConsentError('bank_refused', { consentId, ...bank });
      case 'received':
        return new ConsentError('bank_answer_unreadable', { consentId });
      case 'in_doubt':
        return new ConsentError('grant_in_doubt', {
          consentId,
          retryAfterSeconds: await this.journal.secondsOfLease(id),
        });
      case 'not_sent':
        return new ConsentError('bank_unavailable', {
          consentId,
          retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
        });
      default:
        return new ConsentError('grant_in_progress', {
          consentId,
          retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS,
        });
    }
  }

  private log(request: TokenRequestEntity, outcome: string): void {
    const { requestId, consentId, brand, grantType } = request;
    this.logger.log({ msg: 'token request', requestId, consentId, brand, grantType, outcome });
  }
}

const notLive = (
  consentId: string,
  consent: { state: ConsentError['context']['state']; stateReason: ConsentError['context']['reason'] } | null,
): ConsentError =>
  consent?.state === undefined
    ? new ConsentError('consent_not_found', { consentId })
    : new ConsentError('consent_not_live', {
        consentId,
        state: consent.state,
        reason: consent.stateReason ?? null,
      });

async function withPatience(shared: Promise<void>, { waitMs }: Patience, consentId: string): Promise<void> {
  const timer = new AbortController();
  const outOfPatience = delay(waitMs, undefined, { signal: timer.signal }).then(() => {
    throw new ConsentError('grant_in_progress', { consentId, retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS });
  });
  try {
    await Promise.race([shared, outOfPatience]);
  } finally {
    timer.abort();
    outOfPatience.catch(() => undefined);
    shared.catch(() => undefined);
  }
}
