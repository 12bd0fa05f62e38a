import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ConsentError, type GrantCaller } from '@consent-hub/consent';
import type { RequestTrace } from '@consent-hub/platform';
import type { Span } from '@opentelemetry/api';
import { GrantFailures, IN_PROGRESS_RETRY_SECONDS, notLive, unavailable } from './grant-failures.service.js';
import { ending, type GrantEnd } from './verdict.js';
import { ReservationService, type Spent } from '../request/reservation.service.js';
import { startRequestSpan } from '../request/request-span.js';
import type { ReservedRequest } from '../request/reserved-request.js';
import { TokenAnswers } from './token-answers.service.js';
import { TokenCall } from './token-call.service.js';
import { TokenRequestRepository } from '../request/token-request.repository.js';
import type { TokenRequestEntity } from '../request/token-request.entity.js';

/** Calls that never reached the bank are repeated this often in all, after waits of up to these milliseconds. */
const BACKOFF_MS = [250, 1_000];

/** How often a request of another replica is read again, milliseconds. */
const WATCH_MS = 100;

/** A grant that is under way, and the requests that wait for it. */
interface SharedGrant {
  readonly done: Promise<void>;
  readonly traces: SharedTrace;
}

interface ScheduledGrant {
  readonly run: Promise<GrantEnd>;
  /** The Request-ID at the bank. */
  readonly requestId: string;
}

/**
 * The one path by which POST /token is called: reserve, call, settle. Callers of the same pair share one call, in this
 * process through a promise, across processes through the journal. A caller that stops waiting cancels nothing.
 */
@Injectable()
export class TokenGrants implements BeforeApplicationShutdown {
  private readonly shared = new Map<string, SharedGrant>();
  private readonly scheduled = new Map<string, ScheduledGrant>();
  private stopping = false;

  constructor(
    private readonly reservations: ReservationService,
    private readonly journal: TokenRequestRepository,
    private readonly call: TokenCall,
    private readonly answers: TokenAnswers,
    private readonly failures: GrantFailures,
  ) {}

  /**
   * Spends the authorization code of a consent for its first pair.
   *
   * @throws ConsentError
   */
  exchangeCode(consentId: string, caller: GrantCaller): Promise<void> {
    const grant = this.join({ consentId, grantType: 'authorization_code', generation: 0 }, caller);
    return withinWait(grant, caller, consentId);
  }

  /**
   * Spends the refresh token of a generation for the next pair; resolves at once when a newer pair is there.
   *
   * @throws ConsentError
   */
  refresh(consentId: string, generation: number, caller: GrantCaller): Promise<void> {
    const { isForced = false } = caller;
    const grant = this.join({ consentId, grantType: 'refresh_token', generation, isForced }, caller);
    return withinWait(grant, caller, consentId);
  }

  /**
   * Sends a request that was claimed because it was due. Callers who ask for the same pair during the call wait for it.
   *
   * @param answered called when the bank has answered, and that is yet to be written down
   * @returns the outcome; throws for nothing that a bank may answer
   */
  async runClaimed(reserved: ReservedRequest, answered: () => void): Promise<GrantEnd> {
    if (this.stopping) {
      await this.reservations.giveBack(reserved.request, 'shutting_down');
      return ending('not_sent');
    }
    const { consentId, expectedGeneration: generation } = reserved.request;
    const key = keyOf({ consentId, generation });
    startRequestSpan(reserved.request, undefined);
    const run = this.call.send(reserved, answered);
    this.scheduled.set(key, { run, requestId: reserved.request.requestId });
    try {
      return await run;
    } finally {
      this.scheduled.delete(key);
    }
  }

  /** Gives back what was claimed and has not been sent. */
  giveBack({ request }: ReservedRequest): Promise<void> {
    return this.reservations.giveBack(request, 'given_back');
  }

  /** Authorized consents whose code no process exchanges at the moment, oldest first. */
  unfinishedExchanges(limit: number): Promise<string[]> {
    return this.journal.unfinishedExchanges(limit);
  }

  /** Waits for the calls that are under way at the bank: without its answer a consent is lost. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.answers.stop();
    while (this.shared.size + this.scheduled.size > 0)
      await Promise.allSettled([
        ...[...this.shared.values()].map(({ done }) => done),
        ...[...this.scheduled.values()].map(({ run }) => run),
      ]);
  }

  private join(spent: Spent, { trace }: GrantCaller): Promise<void> {
    // A forced refresh may be refused where another is not: it joins those, and they do not join it.
    const key = spent.isForced ? `${keyOf(spent)}:forced` : keyOf(spent);
    const shared = this.shared.get(keyOf(spent)) ?? this.shared.get(key);
    if (shared) {
      shared.traces.join(trace);
      return shared.done;
    }
    const traces = new SharedTrace(trace);
    const done = this.grant(spent, traces).finally(() => this.shared.delete(key));
    this.shared.set(key, { done, traces });
    return done;
  }

  private async grant(spent: Spent, traces: SharedTrace): Promise<void> {
    const { consentId } = spent;
    for (let tries = 0; ;) {
      const scheduled = this.scheduled.get(keyOf(spent));
      if (scheduled) {
        traces.called(scheduled.requestId);
        await Promise.allSettled([scheduled.run]);
      }
      // The next call would outlive this process; another replica makes it.
      if (this.stopping) throw unavailable(consentId);
      const reserved = await this.reservations.reserve(spent, traces.requestId, traces.span);
      if ('request' in reserved) traces.called(reserved.request.requestId);
      switch (reserved.kind) {
        case 'current':
          return;
        case 'not_live':
          throw notLive(consentId, reserved.consent);
        case 'in_doubt':
          throw await this.failures.of(reserved.request);
        case 'received': {
          const end = await this.answers.readStored(reserved.request);
          if (!end) throw await this.failures.of(reserved.request);
          if (end.outcome !== 'in_doubt') return;
          break;
        }
        case 'paused':
          throw new ConsentError('grants_paused', { consentId, retryAfterSeconds: reserved.seconds });
        case 'forced_lately':
          throw new ConsentError('refresh_too_soon', { consentId, retryAfterSeconds: reserved.seconds });
        case 'under_way':
          await this.watch(reserved.request);
          break;
        case 'reserved': {
          traces.share(startRequestSpan(reserved.request, traces.span));
          const { outcome } = await this.call.send(reserved);
          if (outcome === 'committed' || outcome === 'overtaken') return;
          const failure = await this.failures.of(reserved.request);
          const backoff = BACKOFF_MS[tries++];
          if (failure.code !== 'bank_unavailable' || backoff === undefined) throw failure;
          await delay(Math.random() * backoff);
        }
      }
    }
  }

  /** Waits for the call of another replica, as long as that may be under way. */
  private async watch(request: TokenRequestEntity): Promise<void> {
    const deadline = Date.now() + (await this.journal.secondsOfLease(request.id)) * 1000;
    while (Date.now() < deadline) {
      await delay(WATCH_MS);
      const now = await this.journal.find(request.id);
      if (now?.status === 'sent') continue;
      // Its end decides for us too, but for one: a pair that the bank never saw may be tried again by us.
      if (now && now.status !== 'committed' && now.status !== 'not_sent') throw await this.failures.of(now);
      return;
    }
  }
}

const keyOf = ({ consentId, generation }: Pick<Spent, 'consentId' | 'generation'>): string =>
  `${consentId}:${generation}`;

async function withinWait(shared: Promise<void>, { waitMs }: GrantCaller, consentId: string): Promise<void> {
  const timer = new AbortController();
  const waitIsOver = delay(waitMs, undefined, { signal: timer.signal }).then(() => {
    throw new ConsentError('grant_in_progress', { consentId, retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS });
  });
  try {
    await Promise.race([shared, waitIsOver]);
  } finally {
    timer.abort();
    waitIsOver.catch(() => undefined);
    shared.catch(() => undefined);
  }
}

/** The requests that one grant serves: all of them share its calls of the bank. */
class SharedTrace {
  private readonly traces: RequestTrace[] = [];
  private readonly bankRequestIds: string[] = [];
  /** The spans of the token requests so far. */
  private readonly spans: Span[] = [];

  /** @param first of the request that has begun the grant; absent: a job has */
  constructor(private readonly first: RequestTrace | undefined) {
    this.join(first);
  }

  /** X-Request-Id of the request that has begun the grant. */
  get requestId(): string | null {
    return this.first?.requestId ?? null;
  }

  /** The span of the request that has begun the grant. */
  get span(): Span | undefined {
    return this.first?.span;
  }

  join(trace: RequestTrace | undefined): void {
    if (!trace) return;
    this.traces.push(trace);
    for (const span of this.spans) this.link(trace, span);
    for (const id of this.bankRequestIds) trace.called(id);
  }

  /** @param span of a token request: child of the first request that it serves; the other requests link to it */
  share(span: Span | undefined): void {
    if (span === undefined) return;
    this.spans.push(span);
    for (const trace of this.traces) this.link(trace, span);
  }

  called(bankRequestId: string): void {
    this.bankRequestIds.push(bankRequestId);
    for (const trace of this.traces) trace.called(bankRequestId);
  }

  private link(trace: RequestTrace, span: Span): void {
    if (trace !== this.first) trace.span?.addLink({ context: span.spanContext() });
  }
}
