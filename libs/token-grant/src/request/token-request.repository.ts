import { Injectable } from '@nestjs/common';
import type { BankErrorCode } from '@consent-hub/bank-client';
import {
  AUTHORIZED_CONSENTS,
  JOIN_CONSENT,
  JOIN_PAIR,
  LATER_PAIR,
  OPEN_STATUSES_SQL,
} from '@consent-hub/consent';
import { plainArray, runNamed, type NamedStatement } from '@consent-hub/platform';
import { DataSource, type EntityManager } from 'typeorm';
import type { RequestRecord } from './reserved-request.js';
import { TokenRequestEntity, type TokenRequestStatus } from './token-request.entity.js';

/** What is written when a request ends, in addition to its status. */
export type Settlement = Partial<
  Pick<TokenRequestEntity, 'outcome' | 'httpStatus' | 'bankError' | 'bankErrorCode'>
>;

/** What the database has of a request whose answer is in the spool. */
export interface Standing {
  /** Null: the request is forgotten; a failover has lost the commit. */
  readonly status: TokenRequestStatus | null;
  /** Generation of the pair that the consent holds; 0 for none. */
  readonly generation: number;
  /** Whether an unreadable answer to it was noted: the spool brings no news. */
  readonly isNoted: boolean;
}

/** Outcome of a request whose answer was a success that could not be read. */
const UNREADABLE: BankErrorCode = 'unreadable_answer';
const IS_NOTED = `(r.raw_answer IS NOT NULL OR r.outcome IS NOT DISTINCT FROM '${UNREADABLE}')`;

const STANDING: NamedStatement = {
  name: 'standing_of_spooled_requests',
  text: `SELECT asked.id, r.status, coalesce(t.generation, 0) AS generation, ${IS_NOTED} AS is_noted
           FROM unnest($1::uuid[], $2::uuid[]) AS asked (id, consent_id)
           ${JOIN_CONSENT('asked.consent_id')}
           LEFT ${JOIN_PAIR('c.id')}
           LEFT JOIN hub.token_request r ON r.id = asked.id`,
};

const COUNT_ENDED: NamedStatement = {
  name: 'count_ended_requests',
  text: `SELECT count(*)::int AS count FROM hub.token_request r
          WHERE id = ANY ($1::uuid[]) AND (status NOT IN ('sent', 'in_doubt', 'probed') OR ${IS_NOTED})`,
};

const SETTLE_COMMITTED: NamedStatement = {
  name: 'settle_committed_requests',
  text: `WITH settled AS (
           UPDATE hub.token_request SET status = 'committed', settled_at = now(), raw_answer = NULL
            WHERE id = ANY ($1::uuid[]) RETURNING id
         )
         SELECT id FROM unnest($1::uuid[]) AS id WHERE id NOT IN (SELECT id FROM settled)`,
};

/** A call that has ended may be probed at once. $1 to $9 the request, $10 its status, $11 the sealed answer, $12 the HTTP status, $13 whether the call has ended */
const NOTE_UNREAD = `
  WITH noted AS (
    INSERT INTO hub.token_request AS r (id, consent_id, brand, grant_type, expected_generation, request_id, owner, sent_at,
           lease_ends_at, status, settled_at, raw_answer, outcome, http_status)
    SELECT $1::uuid, $2::uuid, $3, $4, $5::integer, $6::uuid, $7, $8::timestamptz,
           CASE WHEN $13::boolean THEN now() ELSE $9::timestamptz END,
           CASE WHEN is_over THEN 'probed' ELSE $10 END, CASE WHEN is_over THEN now() END, $11::bytea, '${UNREADABLE}', $12::integer
      FROM (SELECT EXISTS (SELECT FROM hub.token_request o
                            WHERE o.consent_id = $2 AND o.id <> $1 AND o.status IN (${OPEN_STATUSES_SQL}))
                OR EXISTS (${LATER_PAIR('$2', '$5')}) AS is_over) AS later
    ON CONFLICT (id) DO UPDATE
       SET raw_answer = excluded.raw_answer, outcome = excluded.outcome,
           http_status = coalesce(excluded.http_status, r.http_status),
           status = CASE WHEN r.status IN ('sent', 'in_doubt') THEN $10 ELSE r.status END,
           lease_ends_at = least(r.lease_ends_at, excluded.lease_ends_at)
     WHERE r.status IN ('sent', 'in_doubt', 'probed') AND r.raw_answer IS NULL
       AND (excluded.raw_answer IS NOT NULL OR r.outcome IS DISTINCT FROM '${UNREADABLE}')
    RETURNING r.status
  )
  SELECT true AS is_news, status FROM noted
  UNION ALL SELECT false, status FROM hub.token_request WHERE id = $1 AND NOT EXISTS (SELECT FROM noted)`;

/** Table `token_request`: what was sent to the bank, by which process, and the result. */
@Injectable()
export class TokenRequestRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Consents in `authorized` without a request that may still be under way, the one tried longest ago first. */
  async unfinishedExchanges(limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT c.id FROM ${AUTHORIZED_CONSENTS} AND c.authorized_at < now() - interval '2 seconds'
          AND NOT EXISTS (SELECT FROM hub.token_request r
                           WHERE r.consent_id = c.id AND r.status IN (${OPEN_STATUSES_SQL})
                             AND (r.status <> 'in_doubt' OR r.lease_ends_at > now()))
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

  /** Whether the database has the results of all of these requests. */
  async hasEnded(requests: readonly RequestRecord[]): Promise<boolean> {
    const ids = requests.map(({ id }) => id);
    const [row] = await runNamed<{ count: number }>(this.dataSource, COUNT_ENDED, [plainArray(ids)]);
    return row?.count === ids.length;
  }

  /** What the database has of each of these requests, by their ids. It has nothing of a consent that it does not know. */
  async standing(requests: readonly RequestRecord[]): Promise<Map<string, Standing>> {
    const rows = await runNamed<Omit<Standing, 'isNoted'> & { id: string; is_noted: boolean }>(
      this.dataSource,
      STANDING,
      [requests.map(({ id }) => id), requests.map(({ consentId }) => consentId)],
    );
    return new Map(
      rows.map(({ id, status, generation, is_noted: isNoted }) => [id, { status, generation, isNoted }]),
    );
  }

  /**
   * Ends a request that was granted. `committed` is final: to settle the same answer again changes nothing. A
   * request that was lost in a failover is written anew.
   *
   * @returns the final status
   */
  async settleGranted(
    tx: EntityManager,
    request: RequestRecord,
    status: 'committed' | 'overtaken',
  ): Promise<'committed' | 'overtaken'> {
    const { id, consentId, brand, grantType, expectedGeneration, requestId, owner } = request;
    const { sentAt, leaseEndsAt, callerRequestId } = request;
    const rows = await tx.query<object[]>(
      `INSERT INTO hub.token_request AS r (id, consent_id, brand, grant_type, expected_generation, request_id, owner,
              sent_at, lease_ends_at, caller_request_id, status, settled_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now())
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, settled_at = excluded.settled_at, raw_answer = NULL
         WHERE r.status <> 'committed'
       RETURNING id`,
      [
        ...[id, consentId, brand, grantType, expectedGeneration, requestId, owner],
        ...[sentAt, leaseEndsAt, callerRequestId, status],
      ],
    );
    return rows.length === 0 ? 'committed' : status;
  }

  /** Ends requests whose pairs are stored, in the same transaction; those that a failover has forgotten are written anew. */
  async settleCommitted(tx: EntityManager, requests: readonly RequestRecord[]): Promise<void> {
    if (requests.length === 0) return;
    const ids = requests.map(({ id }) => id);
    const rows = await runNamed<{ id: string }>(tx, SETTLE_COMMITTED, [plainArray(ids)]);
    const forgotten = new Set(rows.map(({ id }) => id));
    for (const request of requests)
      if (forgotten.has(request.id)) await this.settleGranted(tx, request, 'committed');
  }

  /** Ends a request, also after its lease: what the bank answered counts. */
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
   * Notes an answer that could not be read. One with tokens is stored with its request, which stays open; with a request that was
   * probed, too, for an investigation. Without tokens, the request is in doubt. A request that was lost in a failover is
   * written anew, unless something came after it.
   *
   * @returns `isNews` false when it was noted before; and the status of the request now
   */
  async noteUnread(
    tx: EntityManager,
    request: RequestRecord,
    answer: { readonly sealed: Buffer | null; readonly callIsOver: boolean; readonly facts: Settlement },
  ): Promise<{ isNews: boolean; status: TokenRequestStatus | null }> {
    const { id, consentId, brand, grantType, expectedGeneration, requestId, owner, sentAt, leaseEndsAt } =
      request;
    const { sealed, callIsOver, facts } = answer;
    const [row] = await tx.query<{ is_news: boolean; status: TokenRequestStatus }[]>(NOTE_UNREAD, [
      ...[id, consentId, brand, grantType, expectedGeneration, requestId, owner, sentAt, leaseEndsAt],
      ...[sealed ? 'received' : 'in_doubt', sealed, facts.httpStatus ?? null, callIsOver],
    ]);
    return { isNews: row?.is_news === true, status: row?.status ?? null };
  }

  /**
   * Leaves a request in doubt whose stored answer could not be read, to be probed at once.
   *
   * @param keepAnswer whether the answer stays in the journal
   * @returns false when it has been settled since then
   */
  async giveUpUnread(tx: EntityManager, id: string, keepAnswer: boolean): Promise<boolean> {
    const update = await tx
      .createQueryBuilder()
      .update(TokenRequestEntity)
      .set({
        status: 'in_doubt',
        outcome: UNREADABLE,
        leaseEndsAt: () => 'now()',
        ...(keepAnswer ? {} : { rawAnswer: null }),
      })
      .where({ id, status: 'received' })
      .execute();
    return update.affected === 1;
  }

  /** Open requests with a stored answer that could not be read, except these, oldest first. */
  withUnreadAnswer(limit: number, except: Iterable<string>): Promise<TokenRequestEntity[]> {
    return this.dataSource
      .createQueryBuilder(TokenRequestEntity, 'request')
      .where(`request.status IN ('received', 'in_doubt') AND request.raw_answer IS NOT NULL`)
      .andWhere('request.id <> ALL (:except)', { except: [...except] })
      .orderBy('request.sent_at')
      .limit(limit)
      .getMany();
  }

  /**
   * The request with a stored answer, in any state.
   *
   * @param requestId its Request-ID, or its id here
   */
  findWithAnswer(requestId: string): Promise<TokenRequestEntity | null> {
    return this.dataSource
      .createQueryBuilder(TokenRequestEntity, 'request')
      .where('request.raw_answer IS NOT NULL')
      .andWhere('(request.request_id = :requestId OR request.id = :requestId)', { requestId })
      .getOne();
  }

  /**
   * Leaves a request in doubt.
   *
   * @param callIsOver the bank has finished with it, so that a probe may be sent
   * @returns false when another process has taken it over since then
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
}
