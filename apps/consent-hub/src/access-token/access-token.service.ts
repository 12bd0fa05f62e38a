import { Injectable, Logger } from '@nestjs/common';
import { ConsentError, isLive, PairRefresh } from '@consent-hub/consent';
import { describeError, Problem, type RequestTrace, type TracedCaller } from '@consent-hub/platform';
import { AccessTokenQuery, type Person, type TokenRow } from './access-token.query.js';
import { ScopeRefusalService, scopeNotGranted } from './scope-refusal.service.js';
import { lasts, TokenHandOut, type AccessToken, type LiveToken } from './token-hand-out.service.js';

/** How long a caller waits for a refresh; the call at the bank may outlast it. */
const WAIT_MS = 10_000;

const RETRY_AFTER_SECONDS = 1;

type Read = () => Promise<LiveToken>;

/**
 * Hands out access tokens that work, refreshing first where too little is left. A client that may read tokens of a scope may
 * read those of every consent of that scope, also if another client opened it.
 */
@Injectable()
export class AccessTokenService {
  private readonly logger = new Logger(AccessTokenService.name);

  constructor(
    private readonly tokens: AccessTokenQuery,
    private readonly pairs: PairRefresh,
    private readonly handOut: TokenHandOut,
    private readonly refusal: ScopeRefusalService,
  ) {}

  /**
   * @param early what the database says of the consent, where that was asked for already
   * @throws Problem `scope_not_granted`
   * @throws ConsentError
   */
  forConsent(
    reader: TracedCaller,
    consentId: string,
    minValiditySeconds: number,
    early?: Promise<TokenRow | null>,
  ): Promise<AccessToken> {
    const read = () => this.readConsent(reader, consentId);
    const first = early && this.readConsent(reader, consentId, early);
    return this.serve(reader, read, minValiditySeconds, first);
  }

  /**
   * @throws Problem `scope_not_granted`; `consent_not_found` when the person has no live consent of that scope
   * @throws ConsentError
   */
  forPerson(reader: TracedCaller, person: Person, minValiditySeconds: number): Promise<AccessToken> {
    return this.serve(reader, () => this.readPerson(reader, person), minValiditySeconds);
  }

  /**
   * The bank refused the token of that generation: refreshes unless a newer pair is there already. A refresh that fails
   * then fails the call, since the stored token is known to be of no use.
   *
   * @throws Problem `scope_not_granted`
   * @throws ConsentError
   */
  async afterRejection(reader: TracedCaller, consentId: string, generation: number): Promise<AccessToken> {
    const read = () => this.readConsent(reader, consentId);
    const token = await read().catch((error: unknown) => this.refuse(error));
    if (token.generation !== generation) return this.serve(reader, read, 0);
    await this.refresh(token, reader.trace, true).catch((error: unknown) => this.refuse(error));
    return this.serve(reader, read, 0, undefined, token);
  }

  /** @param before the token that was refreshed for this read already */
  private async serve(
    { caller, trace }: TracedCaller,
    read: Read,
    minValiditySeconds: number,
    first = read(),
    before?: LiveToken,
  ): Promise<AccessToken> {
    try {
      const token = await first;
      // What a refresh has just brought cannot be had with much more time left.
      const isYoung = token.generation > 1 && token.ageSeconds < this.pairs.minIntervalSeconds;
      if (lasts(token, isYoung ? 0 : minValiditySeconds))
        return await this.handOut.give(caller, token, minValiditySeconds, before);
      const failure = await this.tryRefresh(token, trace);
      const newest = await read();
      if (lasts(newest, 0))
        return await this.handOut.give(caller, newest, minValiditySeconds, before ?? token);
      throw failure ?? overOnArrival(newest.consentId);
    } catch (error) {
      return this.refuse(error);
    }
  }

  private refuse(error: unknown): never {
    throw this.handOut.refuse(error);
  }

  /** Returns the failure, which matters only to a caller whose present token has expired. */
  private async tryRefresh(token: LiveToken, trace: RequestTrace): Promise<Error | null> {
    try {
      await this.refresh(token, trace);
      return null;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!(error instanceof ConsentError)) {
        this.logger.error({ msg: 'refresh on demand failed', ...trace.facts, error: describeError(error) });
      }
      return error;
    }
  }

  private refresh(
    { consentId, generation }: LiveToken,
    trace: RequestTrace,
    isForced = false,
  ): Promise<void> {
    trace.consentId = consentId;
    return this.pairs.refresh(consentId, generation, { waitMs: WAIT_MS, trace, isForced });
  }

  private async readConsent(
    { caller, trace }: TracedCaller,
    consentId: string,
    reading = this.tokens.byConsent(consentId, trace.span),
  ): Promise<LiveToken> {
    const row = await reading;
    const isGranted = row && caller.tokenScopes.has(row.scope);
    if (!isGranted) throw await this.refusal.of(caller, consentId);
    return liveTokenOf(row);
  }

  private async readPerson({ caller, trace }: TracedCaller, person: Person): Promise<LiveToken> {
    if (!caller.tokenScopes.has(person.scope)) throw scopeNotGranted(person.scope);
    const row = await this.tokens.byPerson(person, trace.span);
    if (!row) throw noLiveConsent(person);
    return liveTokenOf(row);
  }
}

function liveTokenOf({ consentId, scope, state, reason, pair }: TokenRow): LiveToken {
  if (!isLive(state) || !pair) throw new ConsentError('consent_not_live', { consentId, state, reason });
  return { consentId, scope, ...pair };
}

/** The bank granted a pair that expired before it was stored; the next try asks for another one. */
const overOnArrival = (consentId: string): ConsentError =>
  new ConsentError('bank_unavailable', { consentId, retryAfterSeconds: RETRY_AFTER_SECONDS });

const noLiveConsent = ({ brand, scope }: Person): Problem =>
  new Problem({
    status: 404,
    code: 'consent_not_found',
    detail: `This person has no live consent of scope ${scope} at ${brand}.`,
  });
