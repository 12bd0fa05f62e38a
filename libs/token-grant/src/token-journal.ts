import { Injectable } from '@nestjs/common';
import { plainArray, runNamed, type NamedStatement } from '@consent-hub/platform';
import { DataSource, type EntityManager } from 'typeorm';
import type { SpooledRequest } from './spooled-answer.js';
import { TokenRequestEntity, type TokenRequestStatus } from './token-request.entity.js';

/** What is written when a request ends, beside its status. */
export type Settlement = Partial<
  Pick<TokenRequestEntity, 'outcome' | 'httpStatus' | 'bankError' | 'bankErrorCode'>
>;

/** What the database has of a request whose answer is in the spool. */
export interface Standing {
  /** Null: the request is forgotten; a failover has lost the commit. */
  readonly status: TokenRequestStatus | null;
  /** Of the pair that the consent holds; 0 for none. */
  readonly generation: number;
  /** Whether the journal keeps an answer to it that nobody could read. */
  readonly isKept: boolean;
}

const STANDING: NamedStatement = {
  name: 'standing_of_spooled_requests',
  text: `SELECT asked.id, r.status, coalesce(t.generation, 0) AS generation, r.raw_answer IS NOT NULL AS is_kept
           FROM unnest($1::uuid[], $2::uuid[]) AS asked (id, consent_id)
           JOIN hub.consent c ON c.id = asked.consent_id
           LEFT JOIN hub.token_set t ON t.consent_id = c.id
           LEFT JOIN hub.token_request r ON r.id = asked.id`,
};

const COUNT_ENDED: NamedStatement = {
  name: 'count_ended_requests',
  text: `SELECT count(*)::int AS count FROM hub.token_request
          WHERE id = ANY ($1::uuid[]) AND status NOT IN ('sent', 'in_doubt', 'probed')`,
};

const SETTLE_COMMITTED: NamedStatement = {
  name: 'settle_committed_requests',
  text: `WITH settled AS (
           UPDATE hub.token_request SET status = 'committed', settled_at = now(), raw_answer = NULL
            WHERE id = ANY ($1::uuid[]) RETURNING id
         )
         SELECT id FROM unnest($1::uuid[]) AS id WHERE id NOT IN (SELECT id FROM settled)`,
};

/** Table `token_request`: what was sent to the bank, by whom, and what became of it. */
@Injectable()
export class TokenJournal {
  constructor(private readonly dataSource: DataSource) {}

  /** Consents in `authorized` without a request that may still be under way, the one tried longest ago first. */
  async unfinishedExchanges(limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT c.id FROM hub.consent c
        WHERE c.state = 'authorized' AND c.authorized_at < now() - interval '2 seconds'
          AND NOT EXISTS (SELECT FROM hub.token_request r
                           WHERE r.consent_id = c.id AND r.status IN ('sent', 'in_doubt', 'received')
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

  /** Whether the database knows what came of all of these requests. */
  async hasEnded(requests: readonly SpooledRequest[]): Promise<boolean> {
    const ids = requests.map(({ id }) => id);
    const [row] = await runNamed<{ count: number }>(this.dataSource, COUNT_ENDED, [plainArray(ids)]);
    return row?.count === ids.length;
  }

  /** What the database has of each of these requests, by their ids. Of a consent that it does not know it has nothing. */
  async standing(requests: readonly SpooledRequest[]): Promise<Map<string, Standing>> {
    const rows = await runNamed<Omit<Standing, 'isKept'> & { id: string; is_kept: boolean }>(
      this.dataSource,
      STANDING,
      [requests.map(({ id }) => id), requests.map(({ consentId }) => consentId)],
    );
    return new Map(
      rows.map(({ id, status, generation, is_kept: isKept }) => [id, { status, generation, isKept }]),
    );
  }

  /**
   * Ends a request that was granted. `committed` is the last word: whoever settles the same answer again changes nothing. A
   * request that a failover has forgotten is written anew.
   *
   * @returns the last word
   */
  async settleGranted(
    tx: EntityManager,
    request: SpooledRequest,
    status: 'committed' | 'overtaken',
  ): Promise<'committed' | 'overtaken'> {
    const { id, consentId, brand, grantType, expectedGeneration, requestId, owner, sentAt, leaseEndsAt } =
      request;
    const rows = await tx.query<object[]>(
      `INSERT INTO hub.token_request AS r (id, consent_id, brand, grant_type, expected_generation, request_id, owner,
              sent_at, lease_ends_at, status, settled_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, settled_at = excluded.settled_at, raw_answer = NULL
         WHERE r.status <> 'committed'
       RETURNING id`,
      [id, consentId, brand, grantType, expectedGeneration, requestId, owner, sentAt, leaseEndsAt, status],
    );
    return rows.length === 0 ? 'committed' : status;
  }

  /** Ends requests whose pairs are stored, in the same transaction; those that a failover has forgotten are written anew. */
  async settleCommitted(tx: EntityManager, requests: readonly SpooledRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const ids = requests.map(({ id }) => id);
    const rows = await runNamed<{ id: string }>(tx, SETTLE_COMMITTED, [plainArray(ids)]);
    const forgotten = new Set(rows.map(({ id }) => id));
    for (const request of requests)
      if (forgotten.has(request.id)) await this.settleGranted(tx, request, 'committed');
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
   *
   * @returns false when the answer was kept before
   */
  async keepAnswer(tx: EntityManager, id: string, sealed: Buffer, facts: Settlement): Promise<boolean> {
    const rows = await tx.query<object[]>(
      `WITH kept AS (
         UPDATE hub.token_request
            SET raw_answer = $2, outcome = $3, http_status = $4,
                status = CASE WHEN status IN ('sent', 'in_doubt') THEN 'received' ELSE status END
          WHERE id = $1 AND raw_answer IS NULL RETURNING id
       )
       SELECT id FROM kept`,
      [id, sealed, facts.outcome, facts.httpStatus],
    );
    return rows.length === 1;
  }

  /**
   * Requests that keep an answer nobody could read, oldest first.
   *
   * @param requestId the Request-ID of one of them, or its id here
   */
  kept(limit: number, requestId: string | null = null): Promise<TokenRequestEntity[]> {
    const query = this.dataSource
      .createQueryBuilder(TokenRequestEntity, 'request')
      .orderBy('request.sent_at')
      .limit(limit);
    return requestId === null
      ? query.where(`request.status = 'received'`).getMany()
      : query
          .where('request.raw_answer IS NOT NULL')
          .andWhere('(request.request_id = :requestId OR request.id = :requestId)', { requestId })
          .getMany();
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
}
