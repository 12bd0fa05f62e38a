import { Injectable } from '@nestjs/common';
import { newId, newRequestId, runNamed } from '@consent-hub/platform';
import { ConsentEntity, ConsentRepository, isLive, TokenSetEntity } from '@consent-hub/consent';
import type { GrantType } from '@consent-hub/psd2-protocol';
import { DataSource, In, type EntityManager } from 'typeorm';
import { FailoverGrace } from './failover-grace.js';
import { RESERVE_EXCHANGE, RESERVE_REFRESH } from './reservation.statements.js';
import { fromRow, type ReservedRequest, type ReservedRow } from './reserved-request.js';
import { stopwatch } from './stopwatch.js';
import { TokenGrantSettings } from './token-grant.settings.js';
import { TokenJournal } from './token-journal.js';
import { OPEN_STATUSES, TokenRequestEntity } from './token-request.entity.js';

export type ReserveResult =
  | ({ readonly kind: 'reserved' } & ReservedRequest)
  /** The pair to spend is no longer the current one: what the caller wants has been done. */
  | { readonly kind: 'current' }
  | { readonly kind: 'not_live'; readonly consent: ConsentEntity | null }
  | { readonly kind: 'under_way'; readonly request: TokenRequestEntity }
  | { readonly kind: 'in_doubt'; readonly request: TokenRequestEntity }
  | { readonly kind: 'received'; readonly request: TokenRequestEntity }
  /** Another database server has taken over: what it believes to be current may have been spent. */
  | { readonly kind: 'paused'; readonly seconds: number };

/** With the database server that has reserved it. */
type RowOfServer = ReservedRow & { readonly server: string };

/**
 * The right to send one request for a consent. A partial unique index over the open rows of the journal makes calls
 * single-flight across the cluster; Postgres' clock alone decides when a lease is over.
 */
@Injectable()
export class Reservations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly journal: TokenJournal,
    private readonly settings: TokenGrantSettings,
    private readonly grace: FailoverGrace,
  ) {}

  /**
   * Takes the right to send one request for a consent, in one short transaction.
   *
   * @param generation the pair to spend, 0 for a code
   */
  async reserve(consentId: string, grantType: GrantType, generation: number): Promise<ReserveResult> {
    await this.grace.ready();
    const isFresh = stopwatch(this.settings.sendWithinMs);
    const row = this.grace.secondsLeft === 0 && (await this.quickly(consentId, grantType, generation));
    if (row) return { kind: 'reserved', isFresh, ...fromRow(row) };
    return this.dataSource.transaction((tx) => this.lookCloser(tx, consentId, grantType, generation));
  }

  private async quickly(
    consentId: string,
    grantType: GrantType,
    generation: number,
  ): Promise<ReservedRow | undefined> {
    const { owner, leaseSeconds } = this.settings;
    const names = [newId(), newRequestId(), owner, leaseSeconds, this.grace.server];
    const [row] =
      grantType === 'refresh_token'
        ? await runNamed<RowOfServer>(this.dataSource, RESERVE_REFRESH, [consentId, generation, ...names])
        : await runNamed<RowOfServer>(this.dataSource, RESERVE_EXCHANGE, [consentId, ...names]);
    if (row) this.grace.saw(row.server);
    return row;
  }

  /** Whatever stands in the way of the quick statement. */
  private async lookCloser(
    tx: EntityManager,
    consentId: string,
    grantType: GrantType,
    generation: number,
  ): Promise<ReserveResult> {
    const isFresh = stopwatch(this.settings.sendWithinMs);
    const consent = await tx.findOne(ConsentEntity, {
      where: { id: consentId },
      lock: { mode: 'for_no_key_update' },
    });
    const tokenSet = await tx.findOneBy(TokenSetEntity, { consentId });
    if (tokenSet && tokenSet.generation > generation) return { kind: 'current' };
    const spendable =
      grantType === 'authorization_code' ? consent?.state === 'authorized' : consent && isLive(consent.state);
    if (!consent || !spendable) return { kind: 'not_live', consent };

    const open = await tx.findOneBy(TokenRequestEntity, { consentId, status: In([...OPEN_STATUSES]) });
    if (open?.status === 'received') return { kind: 'received', request: open };
    if (open && !(await this.leaseIsOver(tx, open))) {
      return { kind: open.status === 'sent' ? 'under_way' : 'in_doubt', request: open };
    }
    await this.grace.look(tx);
    const seconds = this.grace.secondsLeft;
    if (seconds > 0) return { kind: 'paused', seconds };
    if (open) await this.giveUp(tx, open);
    const request = await this.insert(tx, consent, grantType, generation);
    const { scope, authorizationCode, codeVerifier, redirectUri } = consent;
    return {
      kind: 'reserved',
      isFresh,
      request,
      scope,
      spends: tokenSet?.refreshToken
        ? { refreshToken: tokenSet.refreshToken }
        : { authorizationCode, codeVerifier, redirectUri },
    };
  }

  private async leaseIsOver(tx: EntityManager, request: TokenRequestEntity): Promise<boolean> {
    const [row] = await tx.query<{ over: boolean }[]>(
      `SELECT lease_ends_at <= now() AS over FROM hub.token_request WHERE id = $1`,
      [request.id],
    );
    return row?.over === true;
  }

  /** Its lease is over and its answer never came: the next request takes its place as a probe. */
  private async giveUp(tx: EntityManager, request: TokenRequestEntity): Promise<void> {
    if (request.status === 'sent') {
      await this.consents.record(tx, request.consentId, 'grant_in_doubt', 'hub:token-grant', {
        request_id: request.requestId,
        outcome: 'lease_ended',
      });
    }
    const outcome = request.outcome ?? 'lease_ended';
    await this.journal.settle(tx, request.id, 'probed', { outcome });
  }

  private async insert(
    tx: EntityManager,
    { id: consentId, brand }: ConsentEntity,
    grantType: GrantType,
    generation: number,
  ): Promise<TokenRequestEntity> {
    const id = newId();
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
        probeOf: await this.unresolvedDoubt(tx, consentId, generation),
        owner: this.settings.owner,
        sentAt: () => 'clock_timestamp()',
        leaseEndsAt: () => `clock_timestamp() + make_interval(secs => ${this.settings.leaseSeconds})`,
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
