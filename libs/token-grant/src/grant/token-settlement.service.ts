import { Injectable, Logger } from '@nestjs/common';
import type { BankError } from '@consent-hub/bank-client';
import {
  ConsentRepository,
  generationOf,
  type Actor,
  type EventData,
  type SealedTokenPair,
} from '@consent-hub/consent';
import {
  describeError,
  inSpan,
  isDatabaseOutage,
  isLockTimeout,
  linksTo,
  spansOf,
  transactionBelow,
} from '@consent-hub/platform';
import type { Span } from '@opentelemetry/api';
import { DataSource, type EntityManager } from 'typeorm';
import {
  accountOf,
  ending,
  factsOf,
  type GrantEnd,
  type GrantOutcome,
  settlementOf,
  type Verdict,
} from './verdict.js';
import { TokenSealer, type GrantedPair } from '../answers/token-sealer.service.js';
import { GroupCommit } from './group-commit.js';
import { spanOf } from '../request/request-span.js';
import type { OpenRequest, RequestRecord } from '../request/reserved-request.js';
import { TokenGrantSettings } from '../token-grant.settings.js';
import { TokenRequestRepository } from '../request/token-request.repository.js';

const ACTOR: Actor = 'hub:token-grant';
/** Pairs that share a commit: more would hold their rows longer than the commit saves. */
const TOGETHER = 512;
/** Pairs that are written side by side when a batch could not wait for a lock, and how many of them may fail before the rest is left. */
const APART = 4;
const MOST_LOCKED = 8;
/** Lock timeout for pairs that are stored one by one. */
const SHORT_WAIT = '100ms';

/**
 * The result for a pair that was to be stored together with others:
 * - `stored`
 * - `uncommon`: not by that statement; a transaction of its own will decide what is to be done
 * - `locked`: another transaction holds a row or a table that it needs for longer than a statement may wait
 */
type Stored = 'stored' | 'uncommon' | 'locked';

/** A grant on its way into the database. */
interface Granted {
  readonly request: RequestRecord;
  readonly tokens: SealedTokenPair;
  readonly account: { readonly iban: string; readonly logicalId: string } | null;
  readonly facts: EventData;
}

/** Writes the result of a call: pair, state, timeline and journal in one transaction, or nothing of it. */
@Injectable()
export class TokenSettlement {
  private readonly logger = new Logger(TokenSettlement.name);
  private readonly refreshed = new GroupCommit<Granted, Stored>(
    TOGETHER,
    ({ request }) => request.consentId,
    (all) => this.commitTogether(all),
  );
  /** Consents whose rows another transaction has locked for too long: one of them is tried at a time, so that they do not delay others. */
  private readonly locked = new Set<string>();
  private lockedTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly journal: TokenRequestRepository,
    private readonly sealer: TokenSealer,
    private readonly settings: TokenGrantSettings,
  ) {}

  /**
   * Stores a granted pair as the successor of the one that was spent. Decided by the generation alone, never by the
   * lease: a late answer is as good as a quick one, as long as it is the only one.
   */
  async commit(request: RequestRecord, tokens: GrantedPair, facts: EventData = {}): Promise<GrantEnd> {
    const granted: Granted = {
      request,
      tokens: this.sealer.seal(request, tokens),
      account: accountOf(tokens),
      facts: { request_id: request.requestId, ...facts },
    };
    const { consentId, grantType } = request;
    if (this.locked.has(consentId)) return ending(await this.commitInTurn(granted));
    if (grantType === 'refresh_token') {
      const stored = await this.refreshed.add(granted);
      if (stored === 'stored') return ending('committed');
      if (stored === 'locked') return ending(await this.commitInTurn(granted));
    }
    try {
      return ending(await this.commitAlone(granted));
    } catch (error) {
      if (isLockTimeout(error)) this.locked.add(consentId);
      throw error;
    }
  }

  /** After all others whose rows are held, and waiting for a lock no longer than it takes to ask for it. */
  private async commitInTurn(granted: Granted): Promise<'committed' | 'overtaken'> {
    const { consentId } = granted.request;
    this.locked.add(consentId);
    const turn = this.lockedTurn.then(() => this.commitAlone(granted, SHORT_WAIT));
    this.lockedTurn = turn.catch(() => undefined);
    try {
      const end = await turn;
      this.locked.delete(consentId);
      return end;
    } catch (error) {
      if (!isLockTimeout(error)) this.locked.delete(consentId);
      throw error;
    }
  }

  /** Stores the common ones together; returns the result of each. */
  private async commitTogether(all: readonly Granted[]): Promise<Stored[]> {
    try {
      return await this.storeTogether(all);
    } catch (error) {
      if (isLockTimeout(error)) return this.storeApart(all);
      if (isDatabaseOutage(error)) throw error;
      // One of them cannot be written; by itself each will show whether it is the one.
      this.logger.error({
        msg: 'token pairs not stored together, each is stored alone',
        count: all.length,
        error: describeError(error),
      });
      return all.map(() => 'uncommon');
    }
  }

  /** Another transaction has locked a row that one of them needs, or a whole table: the others are stored. */
  private async storeApart(all: readonly Granted[]): Promise<Stored[]> {
    const results = all.map((): Stored => 'locked');
    let [next, lockedCount] = [0, 0];
    const storeNext = async (): Promise<void> => {
      for (let n = next++; n < all.length && lockedCount < MOST_LOCKED; n = next++) {
        try {
          const [stored] = await this.storeTogether(all.slice(n, n + 1));
          results[n] = stored ?? 'locked';
        } catch (error) {
          if (!isLockTimeout(error)) throw error;
          lockedCount++;
        }
      }
    };
    await Promise.all(Array.from({ length: APART }, storeNext));
    this.logger.warn({
      msg: 'token pairs not stored yet: a lock is held',
      count: results.filter((stored) => stored === 'locked').length,
    });
    return results;
  }

  /** In a span below that of one of the requests, to which those of the others are linked. */
  private storeTogether(all: readonly Granted[]): Promise<Stored[]> {
    const spans = spansOf(all.map(({ request }) => ({ span: spanOf(request) }))) ?? [];
    const [first, ...others] = spans;
    if (first === undefined || all.length === 1) return this.store(all, first);
    const start = {
      parent: first,
      links: linksTo(others),
      attributes: { 'consent_hub.token_requests': all.length },
    };
    return inSpan('store token pairs', start, (span) => {
      for (const other of others) other.addLinks(linksTo([span]));
      return this.store(all, span);
    });
  }

  private store(all: readonly Granted[], span: Span | undefined): Promise<Stored[]> {
    const pairs = all.map(({ request, tokens, facts }) => ({ consentId: request.consentId, tokens, facts }));
    return transactionBelow(this.dataSource, span, async (tx) => {
      const left = await this.consents.refreshAll(tx, pairs, ACTOR);
      const isStored = ({ request }: Granted) => !left.has(request.consentId);
      const committed = all.filter(isStored);
      await this.consents.noteAccounts(
        tx,
        committed.flatMap(({ request, account }) =>
          account ? [{ consentId: request.consentId, ...account }] : [],
        ),
      );
      await this.journal.settleCommitted(
        tx,
        committed.map(({ request }) => request),
      );
      return all.map((granted) => (isStored(granted) ? 'stored' : 'uncommon'));
    });
  }

  /** Handles every case: a first pair, a consent that ended or was renewed during the call, an end that was wrong. */
  private commitAlone(
    { request, tokens, account, facts }: Granted,
    lockTimeout?: string,
  ): Promise<'committed' | 'overtaken'> {
    const isFirst = request.grantType === 'authorization_code';
    const { consentId } = request;
    return transactionBelow(this.dataSource, spanOf(request), async (tx) => {
      if (lockTimeout !== undefined) await tx.query(`SET LOCAL lock_timeout = '${lockTimeout}'`);
      if (isFirst && (await this.consents.isOvertaken(tx, consentId, request.sentAt))) {
        // The bank replaced this pair when it granted the newer consent's.
        await this.consents.move(tx, consentId, {
          to: 'failed',
          data: { reason: 'replaced' },
          actor: ACTOR,
          facts,
        });
        return this.journal.settleGranted(tx, request, 'overtaken');
      }
      const move = (to: 'active' | 'refreshed') =>
        this.consents.move(tx, consentId, { to, data: { tokens }, actor: ACTOR, facts });
      // A database that was restored may have forgotten the first pair, too.
      const stored = isFirst ? await move('active') : (await move('refreshed')) || (await move('active'));
      if (stored && account) await this.consents.replaceAccounts(tx, consentId, [account]);
      return this.journal.settleGranted(tx, request, stored ? 'committed' : 'overtaken');
    });
  }

  /** Writes what a failed call means. A refusal ends the consent only while the pair it refused is still the current one. */
  async fail(request: OpenRequest, error: BankError, verdict: Verdict): Promise<GrantEnd> {
    return transactionBelow(this.dataSource, spanOf(request), async (tx) => {
      // Before the journal's row, as all other transactions do: no pair is stored in between, and no two transactions wait for each other.
      await this.consents.lock(tx, request.consentId);
      const end = await this.writeVerdict(tx, request, error, verdict);
      if (end.outcome !== 'ended') await this.postpone(tx, request, end.outcome, error);
      return end;
    });
  }

  private async writeVerdict(
    tx: EntityManager,
    request: OpenRequest,
    error: BankError,
    verdict: Verdict,
  ): Promise<GrantEnd> {
    const { id, consentId } = request;
    const facts = factsOf(request, error);
    switch (verdict.kind) {
      case 'not_sent':
        await this.journal.settle(tx, id, 'not_sent', settlementOf(error));
        return ending('not_sent');
      case 'in_doubt': {
        const isOver = error.context.callIsOver === true;
        if (await this.journal.doubt(tx, id, isOver, settlementOf(error)))
          await this.consents.record(tx, consentId, 'grant_in_doubt', ACTOR, facts);
        return ending('in_doubt');
      }
      case 'refused':
        await this.consents.record(tx, consentId, 'grant_refused', ACTOR, facts);
        await this.journal.settle(tx, id, 'refused', settlementOf(error));
        return ending('refused');
      case 'ended': {
        const { to, reason } = verdict;
        const actor = reason === 'withdrawn_at_bank' ? 'psu' : ACTOR;
        const hasEnded =
          (await this.spentIsCurrent(tx, request)) &&
          (await this.consents.move(tx, consentId, { to, data: { reason }, actor, facts }));
        await this.journal.settle(tx, id, 'refused', settlementOf(error));
        return hasEnded ? ending('ended', reason) : ending('refused');
      }
    }
  }

  private async postpone(
    tx: EntityManager,
    request: OpenRequest,
    outcome: GrantOutcome,
    error?: BankError,
  ): Promise<void> {
    if (request.grantType !== 'refresh_token') return;
    const { callIsOver, retryAfterSeconds } = error?.context ?? {};
    await this.consents.postponeRefresh(tx, {
      consentId: request.consentId,
      generation: request.expectedGeneration,
      schedule: this.settings.schedule,
      ...(outcome === 'in_doubt' && callIsOver !== true && { notBefore: request.leaseEndsAt }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }

  private async spentIsCurrent(tx: EntityManager, request: OpenRequest): Promise<boolean> {
    return (await generationOf(tx, request.consentId)) === request.expectedGeneration;
  }
}
