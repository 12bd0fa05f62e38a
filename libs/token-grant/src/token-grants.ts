import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ConsentError, type Patience } from '@consent-hub/consent';
import type { GrantType } from '@consent-hub/psd2-protocol';
import { GrantFailures, IN_PROGRESS_RETRY_SECONDS, notLive, unavailable } from './grant-failures.js';
import { TokenCall } from './token-call.js';
import { TokenJournal } from './token-journal.js';
import type { TokenRequestEntity } from './token-request.entity.js';

/** Calls that never reached the bank are repeated this often in all, after waits of up to these milliseconds. */
const BACKOFF_MS = [250, 1_000];

/** How often a request of another replica is looked at, milliseconds. */
const WATCH_MS = 100;

/**
 * The one path by which POST /token is called: reserve, call, settle. Callers of the same pair share one call, in this
 * process through a promise, across processes through the journal. A caller that stops waiting cancels nothing.
 */
@Injectable()
export class TokenGrants implements BeforeApplicationShutdown {
  private readonly underWay = new Map<string, Promise<void>>();
  private stopping = false;

  constructor(
    private readonly journal: TokenJournal,
    private readonly call: TokenCall,
    private readonly failures: GrantFailures,
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

  /** Authorized consents whose code nobody exchanges at the moment, oldest first. */
  unfinishedExchanges(limit: number): Promise<string[]> {
    return this.journal.unfinishedExchanges(limit);
  }

  /** What is under way at the bank is waited for: its answer is somebody's consent. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.call.stop();
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay.values());
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
      // The next call would outlive this process; another replica makes it.
      if (this.stopping) throw unavailable(consentId);
      const reserved = await this.journal.reserve(consentId, grantType, generation);
      switch (reserved.kind) {
        case 'current':
          return;
        case 'not_live':
          throw notLive(consentId, reserved.consent);
        case 'in_doubt':
          throw await this.failures.of(reserved.request);
        case 'received':
          if (await this.call.readKept(reserved.request)) return;
          throw await this.failures.of(reserved.request);
        case 'under_way':
          await this.watch(reserved.request);
          break;
        case 'reserved': {
          if (await this.call.send(reserved)) return;
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
