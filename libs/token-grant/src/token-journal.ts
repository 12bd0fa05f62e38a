import { Injectable } from '@nestjs/common';
import { newId, newRequestId } from '@consent-hub/platform';
import { ConsentEntity, ConsentRepository, isLive, TokenSetEntity } from '@consent-hub/consent';
import type { GrantType } from '@consent-hub/psd2-protocol';
import { DataSource, In, type EntityManager } from 'typeorm';
import { TokenGrantSettings } from './token-grant.settings.js';
import type { SpooledRequest } from './answer-spool.js';
import { OPEN_STATUSES, TokenRequestEntity, type TokenRequestStatus } from './token-request.entity.js';

/** A request that this process may now send: nobody else can, while it is open. */
export interface ReservedRequest {
  /** Says whether it may still be sent: a process that was held up may have been given up by others. */
  readonly isFresh: () => boolean;
  readonly request: TokenRequestEntity;
  readonly consent: ConsentEntity;
  /** The pair to spend; null for a code. */
  readonly tokenSet: TokenSetEntity | null;
}

export type ReserveResult =
  | ({ readonly kind: 'reserved' } & ReservedRequest)
  /** The pair to spend is no longer the current one: what the caller wants has been done. */
  | { readonly kind: 'current' }
  | { readonly kind: 'not_live'; readonly consent: ConsentEntity | null }
  | { readonly kind: 'under_way'; readonly request: TokenRequestEntity }
  | { readonly kind: 'in_doubt'; readonly request: TokenRequestEntity }
  | { readonly kind: 'received'; readonly request: TokenRequestEntity };

/** What is written when a request ends, beside its status. */
export type Settlement = Partial<
  Pick<TokenRequestEntity, 'outcome' | 'httpStatus' | 'bankError' | 'bankErrorCode'>
>;

/**
 * Table `token_request`: what was sent to the bank, by whom, and what became of it. A partial unique index over the open
 * rows makes calls single-flight across the cluster; Postgres' clock alone decides when a lease is over.
 */
@Injectable()
export class TokenJournal {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly settings: TokenGrantSettings,
  ) {}

  /**
   * Takes the right to send one request for a consent, in one short transaction.
   *
   * @param generation the pair to spend, 0 for a code
   */
  reserve(consentId: string, grantType: GrantType, generation: number): Promise<ReserveResult> {
    const isFresh = stopwatch(this.settings.sendWithinMs);
    return this.dataSource.transaction(async (tx) => {
      const consent = await tx.findOne(ConsentEntity, {
        where: { id: consentId },
        lock: { mode: 'pessimistic_write' },
      });
      const tokenSet = await tx.findOneBy(TokenSetEntity, { consentId });
      if (tokenSet && tokenSet.generation > generation) return { kind: 'current' };
      const spendable =
        grantType === 'authorization_code'
          ? consent?.state === 'authorized'
          : consent && isLive(consent.state);
      if (!consent || !spendable) return { kind: 'not_live', consent };

      const open = await tx.findOneBy(TokenRequestEntity, { consentId, status: In([...OPEN_STATUSES]) });
      if (open?.status === 'received') return { kind: 'received', request: open };
      if (open && !(await this.leaseIsOver(tx, open))) {
        return { kind: open.status === 'sent' ? 'under_way' : 'in_doubt', request: open };
      }
      if (open) await this.giveUp(tx, open);
      const request = await this.insert(tx, consent, grantType, generation);
      return { kind: 'reserved', request, consent, tokenSet, isFresh };
    });
  }

  /** Consents in `authorized` without a request that may still be under way, the one tried longest ago first. */
  async unfinishedExchanges(limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT c.id FROM hub.consent c
        WHERE c.state = 'authorized' AND c.authorized_at < now() - interval '2 seconds'
          AND NOT EXISTS (SELECT FROM hub.token_request r
                           WHERE r.consent_id = c.id AND r.status IN ('sent', 'in_doubt', 'received')
                             AND (r.lease_ends_at > now() OR r.status = 'received'))
        ORDER BY coalesce((SELECT max(sent_at) FROM hub.token_request r WHERE r.consent_id = c.id), c.authorized_at)
        LIMIT $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  find(id: string): Promise<TokenRequestEntity | null> {
    return this.dataSource.getRepository(TokenRequestEntity).findOneBy({ id });
  }

  /** Whole seconds until a request may be probed, at least 1. */
  async secondsOfLease(id: string): Promise<number> {
    const [row] = await this.dataSource.query<{ seconds: number }[]>(
      `SELECT greatest(1, ceil(extract(epoch FROM lease_ends_at - now())))::int AS seconds
         FROM hub.token_request WHERE id = $1`,
      [id],
    );
    return row?.seconds ?? 1;
  }

  /**
   * Of these requests, those whose answer has not been written down. A request that the database has forgotten is one of
   * them; one of a consent that it does not know is not, since nothing is there to be brought back.
   */
  async unsettled(requests: readonly Pick<SpooledRequest, 'id' | 'consentId'>[]): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT asked.id FROM unnest($1::uuid[], $2::uuid[]) AS asked(id, consent_id)
         JOIN hub.consent c ON c.id = asked.consent_id
         LEFT JOIN hub.token_request r ON r.id = asked.id
        WHERE r.id IS NULL OR r.status IN ('sent', 'in_doubt', 'probed')`,
      [requests.map(({ id }) => id), requests.map(({ consentId }) => consentId)],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Ends a request that was granted. `committed` is the last word: whoever settles the same answer again changes nothing. A
   * request that a failover has forgotten is written anew.
   */
  async settleGranted(
    tx: EntityManager,
    request: SpooledRequest,
    status: 'committed' | 'overtaken',
  ): Promise<void> {
    const { id, consentId, brand, grantType, expectedGeneration, requestId, owner, sentAt, leaseEndsAt } =
      request;
    await tx.query(
      `INSERT INTO hub.token_request AS r (id, consent_id, brand, grant_type, expected_generation, request_id, owner,
              sent_at, lease_ends_at, status, settled_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, settled_at = excluded.settled_at, raw_answer = NULL
         WHERE r.status <> 'committed'`,
      [id, consentId, brand, grantType, expectedGeneration, requestId, owner, sentAt, leaseEndsAt, status],
    );
  }

  /** Ends a request, whatever became of its lease: what the bank answered counts. */
  async settle(
    tx: EntityManager,
    id: string,
    status: TokenRequestStatus,
    facts: Settlement = {},
  ): Promise<void> {
    await tx
      .createQueryBuilder()
      .update(TokenRequestEntity)
      .set({ status, settledAt: () => 'now()', rawAnswer: null, ...facts })
      .where({ id })
      .execute();
  }

  /**
   * Keeps the sealed answer of a grant that could not be read: the request stays open, the pair is in there. One whose place
   * a probe has taken keeps the answer, too, for whoever looks into it.
   */
  async keepAnswer(tx: EntityManager, id: string, sealed: Buffer, facts: Settlement): Promise<void> {
    await tx.query(
      `UPDATE hub.token_request
          SET raw_answer = $2, outcome = $3, http_status = $4,
              status = CASE WHEN status IN ('sent', 'in_doubt') THEN 'received' ELSE status END
        WHERE id = $1`,
      [id, sealed, facts.outcome, facts.httpStatus],
    );
  }

  /** Requests that keep an answer nobody could read, oldest first. */
  kept(limit: number): Promise<TokenRequestEntity[]> {
    return this.dataSource
      .getRepository(TokenRequestEntity)
      .find({ where: { status: 'received' }, order: { sentAt: 'ASC' }, take: limit });
  }

  /**
   * Leaves a request in doubt.
   *
   * @param callIsOver the bank has finished with it, so that nothing stands in the way of a probe
   * @returns false when somebody took it over meanwhile
   */
  async doubt(tx: EntityManager, id: string, callIsOver: boolean, facts: Settlement): Promise<boolean> {
    const update = await tx
      .createQueryBuilder()
      .update(TokenRequestEntity)
      .set({ status: 'in_doubt', ...(callIsOver ? { leaseEndsAt: () => 'now()' } : {}), ...facts })
      .where({ id, status: 'sent' })
      .execute();
    return update.affected === 1;
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
    await this.settle(tx, request.id, 'probed', { outcome });
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
}

/** By the longer of two clocks: one of them stands still while the machine sleeps, the other can be set back. */
function stopwatch(limitMs: number): () => boolean {
  const [monotonic, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - monotonic, Date.now() - wall) < limitMs;
}
