import { Injectable } from '@nestjs/common';
import { newId, newRequestId, runNamed, transactionBelow } from '@consent-hub/platform';
import {
  type ConsentEntity,
  ConsentRepository,
  findLocked,
  findPair,
  isLive,
  OPEN_STATUSES,
} from '@consent-hub/consent';
import type { GrantType } from '@consent-hub/psd2-protocol';
import type { Span } from '@opentelemetry/api';
import { DataSource, In, type EntityManager } from 'typeorm';
import { FailoverPause } from './failover-pause.service.js';
import { OwnRequests } from './own-requests.registry.js';
import {
  FORCED_LATELY,
  LEASES_END_AT,
  RESERVE_EXCHANGE,
  RESERVE_REFRESH,
  SERVER_RUN,
} from './reservation.statements.js';
import { spanOf } from './request-span.js';
import { fromRow, type OpenRequest, type ReservedRequest, type ReservedRow } from './reserved-request.js';
import { TokenRequestRepository } from './token-request.repository.js';
import { TokenRequestEntity } from './token-request.entity.js';

export type ReserveResult =
  | ({ readonly kind: 'reserved' } & ReservedRequest)
  /** The pair to spend is no longer the current one: what the caller wants has been done. */
  | { readonly kind: 'current' }
  | { readonly kind: 'not_live'; readonly consent: ConsentEntity | null }
  | { readonly kind: 'under_way'; readonly request: TokenRequestEntity }
  | { readonly kind: 'in_doubt'; readonly request: TokenRequestEntity }
  | { readonly kind: 'received'; readonly request: TokenRequestEntity }
  /**
   * Another database server has taken over, and what it believes to be current may have been spent; or an answer could not be
   * spooled.
   */
  | { readonly kind: 'paused'; readonly seconds: number }
  /** The pair was refreshed on request a moment ago; `seconds` from now that may be asked for again. */
  | { readonly kind: 'forced_lately'; readonly seconds: number };

/** The pair, or the code, that a request spends. */
export interface Spent {
  readonly consentId: string;
  readonly grantType: GrantType;
  /** 0 for a code. */
  readonly generation: number;
  /** Whether the caller wants a new pair though the current one has not expired. */
  readonly isForced?: boolean;
}

/** One request that a caller wants to make. */
interface Wanted extends Spent {
  readonly id: string;
  readonly callerRequestId: string | null;
  /** On the word of which run of the server. */
  readonly run: string;
  /** Below which its statements stand. */
  readonly span: Span | undefined;
}

/** With the run of the database server that it was reserved on. */
type RowOfRun = ReservedRow & { readonly run: string };

/**
 * The right to send one request for a consent. A partial unique index over the open rows of the journal makes calls
 * single-flight across the cluster; Postgres' clock alone decides when a lease has ended.
 */
@Injectable()
export class ReservationService {
  /** @param own the requests of this process, for the code that sends what is reserved */
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly journal: TokenRequestRepository,
    private readonly pause: FailoverPause,
    readonly own: OwnRequests,
  ) {}

  /**
   * Takes the right to send one request for a consent, in one short transaction.
   *
   * @param callerRequestId X-Request-Id of the request that asks for it; null: a job does
   * @param span of that request
   */
  async reserve(spent: Spent, callerRequestId: string | null, span?: Span): Promise<ReserveResult> {
    await this.pause.ready();
    const { run } = this.pause;
    if (run === null) return { kind: 'paused', seconds: this.pause.secondsLeft };
    const id = newId();
    const wanted: Wanted = { id, ...spent, callerRequestId, run, span };
    this.own.reserve([id]);
    try {
      const reserved =
        (await this.reserveAtOnce(wanted)) ??
        (await transactionBelow(this.dataSource, span, (tx) => this.reserveLocked(tx, wanted)));
      if (reserved.kind !== 'reserved') this.own.release([id]);
      return reserved;
    } catch (error) {
      this.own.abandon([id]);
      throw error;
    }
  }

  /**
   * Gives a reservation back that was not sent: it could not be prepared, was delayed, or need not be sent. Where the database
   * does not take it, the next sweep of this process sees that it was not sent.
   *
   * @param outcome why, for the journal
   */
  async giveBack(request: OpenRequest, outcome: string): Promise<void> {
    const { id, consentId, grantType, expectedGeneration: generation } = request;
    try {
      await transactionBelow(this.dataSource, spanOf(request), async (tx) => {
        await this.consents.lock(tx, consentId);
        await this.journal.settle(tx, id, 'not_sent', { outcome });
        const { schedule } = this.own.settings;
        if (grantType === 'refresh_token')
          await this.consents.postponeRefresh(tx, { consentId, generation, schedule });
      });
      this.own.release([id]);
    } catch (error) {
      this.own.abandon([id]);
      throw error;
    }
  }

  private async reserveAtOnce({
    id,
    consentId,
    grantType,
    generation,
    callerRequestId,
    run,
    isForced = false,
    span,
  }: Wanted): Promise<ReserveResult | undefined> {
    const { owner, leaseSeconds, forcedIntervalSeconds } = this.own.settings;
    const isFresh = this.pause.freshness(run);
    const names = [id, newRequestId(), owner, leaseSeconds, run, callerRequestId];
    const [row] =
      grantType === 'refresh_token'
        ? await runNamed<RowOfRun>(
            this.dataSource,
            RESERVE_REFRESH,
            [...[consentId, generation, ...names], isForced ? forcedIntervalSeconds : null],
            span,
          )
        : await runNamed<RowOfRun>(this.dataSource, RESERVE_EXCHANGE, [consentId, ...names], span);
    return row && { kind: 'reserved', isFresh, ...fromRow(row) };
  }

  /** Decides, with the consent's row locked, every case in which the one statement reserves nothing. */
  private async reserveLocked(tx: EntityManager, wanted: Wanted): Promise<ReserveResult> {
    const { consentId, grantType, generation, run } = wanted;
    const isFresh = this.pause.freshness(run);
    const consent = await findLocked(tx, consentId);
    const tokenPair = await findPair(tx, { consentId });
    if (tokenPair && tokenPair.generation > generation) return { kind: 'current' };
    const spendable =
      grantType === 'authorization_code' ? consent?.state === 'authorized' : consent && isLive(consent.state);
    if (!consent || !spendable) return { kind: 'not_live', consent };

    const open = await tx.findOneBy(TokenRequestEntity, { consentId, status: In([...OPEN_STATUSES]) });
    if (open?.status === 'received') return { kind: 'received', request: open };
    if (open?.status === 'sent') return { kind: 'under_way', request: open };
    if (open && !(await this.leaseIsOver(tx, open))) return { kind: 'in_doubt', request: open };
    this.pause.saw(await this.runOf(tx));
    if (this.pause.run !== run) return { kind: 'paused', seconds: this.pause.secondsLeft };
    const seconds = wanted.isForced ? await this.secondsUntilForced(tx, consentId) : 0;
    if (seconds > 0) return { kind: 'forced_lately', seconds };
    // Its answer has not come: the next request takes its place as a probe.
    if (open) await this.journal.settle(tx, open.id, 'probed', { outcome: open.outcome ?? 'lease_ended' });
    const request = await this.insert(tx, wanted, consent);
    const { scope, authorizationCode, codeVerifier, redirectUri } = consent;
    return {
      kind: 'reserved',
      isFresh,
      request,
      scope,
      spends: tokenPair?.refreshToken
        ? { refreshToken: tokenPair.refreshToken }
        : { authorizationCode, codeVerifier, redirectUri },
    };
  }

  private async runOf(tx: EntityManager): Promise<string> {
    const [row] = await tx.query<{ run: string }[]>(`SELECT ${SERVER_RUN} AS run`);
    if (!row) throw new Error('the server does not say when it was started');
    return row.run;
  }

  private async leaseIsOver(tx: EntityManager, request: TokenRequestEntity): Promise<boolean> {
    const [row] = await tx.query<{ over: boolean }[]>(
      `SELECT lease_ends_at <= ${LEASES_END_AT('$2')} AS over FROM hub.token_request WHERE id = $1`,
      [request.id, this.pause.latestMs],
    );
    return row?.over === true;
  }

  /** 0: now. */
  private async secondsUntilForced(tx: EntityManager, consentId: string): Promise<number> {
    const [row] = await tx.query<{ seconds: number }[]>(
      `SELECT coalesce(ceil($2 - extract(epoch FROM now() - max(r.sent_at))), 0)::integer AS seconds
         ${FORCED_LATELY('$1', '$2')}`,
      [consentId, this.own.settings.forcedIntervalSeconds],
    );
    return row?.seconds ?? 0;
  }

  private async insert(
    tx: EntityManager,
    { id, consentId, grantType, generation, callerRequestId, isForced = false }: Wanted,
    { brand }: ConsentEntity,
  ): Promise<TokenRequestEntity> {
    await tx
      .createQueryBuilder()
      .insert()
      .into(TokenRequestEntity)
      .values({
        id,
        consentId,
        brand,
        grantType,
        status: 'sent',
        expectedGeneration: generation,
        requestId: newRequestId(),
        callerRequestId,
        isForced,
        probeOf: await this.unresolvedDoubt(tx, consentId, generation),
        owner: this.own.settings.owner,
        sentAt: () => 'clock_timestamp()',
        leaseEndsAt: () => `clock_timestamp() + make_interval(secs => ${this.own.settings.leaseSeconds})`,
      })
      .execute();
    return tx.findOneByOrFail(TokenRequestEntity, { id });
  }

  /** The one just given up, or an earlier one: a doubt lasts as long as its generation, until a probe reaches the bank. */
  private async unresolvedDoubt(
    tx: EntityManager,
    consentId: string,
    generation: number,
  ): Promise<string | null> {
    const doubt = await tx.findOne(TokenRequestEntity, {
      select: { id: true },
      where: { consentId, expectedGeneration: generation, status: 'probed' },
      order: { sentAt: 'DESC' },
    });
    return doubt?.id ?? null;
  }
}
