import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Longer than any call of the bank may last here; a process that has not answered by then has ended. */
const LEASE_SECONDS = 180;
const LIFE_HOURS = 24;
/** Rows forgotten in one statement. */
const BATCH = 1_000;

/** A key as one API client gave it, with what it was given for. */
export interface IdempotencyKey {
  readonly apiClientId: string;
  readonly key: string;
  /** SHA-256 of the request. */
  readonly requestHash: Buffer;
}

export interface IdempotencyAnswer {
  readonly consentId: string;
  readonly sealed: Buffer;
}

export type Reservation =
  /** Do it, and answer under this number. */
  | { readonly kind: 'reserved'; readonly attempt: number }
  | { readonly kind: 'answered'; readonly answer: IdempotencyAnswer }
  /** Another request is being processed with this key. */
  | { readonly kind: 'under_way' }
  /** The key was given for another request. */
  | { readonly kind: 'reused' };

/** The one writer of idempotency keys. A key belongs to its client; the row decides which request is processed. */
@Injectable()
export class IdempotencyKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  async reserve({ apiClientId, key, requestHash }: IdempotencyKey): Promise<Reservation> {
    const [reserved] = await this.dataSource.query<{ attempt: number }[]>(
      `INSERT INTO hub.idempotency_key AS k (api_client_id, key, request_hash, lease_ends_at, expires_at)
       VALUES ($1, $2, $3, now() + make_interval(secs => $4), now() + make_interval(hours => $5))
       ON CONFLICT (api_client_id, key) DO UPDATE
          SET request_hash = excluded.request_hash, lease_ends_at = excluded.lease_ends_at,
              expires_at = excluded.expires_at, attempt = k.attempt + 1, consent_id = NULL, answer = NULL
        WHERE k.expires_at <= now() OR (k.answer IS NULL AND k.lease_ends_at <= now())
       RETURNING attempt`,
      [apiClientId, key, requestHash, LEASE_SECONDS, LIFE_HOURS],
    );
    if (reserved) return { kind: 'reserved', attempt: reserved.attempt };
    const [row] = await this.dataSource.query<
      { request_hash: Buffer; consent_id: string | null; answer: Buffer | null }[]
    >(
      `SELECT request_hash, consent_id, answer FROM hub.idempotency_key WHERE api_client_id = $1 AND key = $2`,
      [apiClientId, key],
    );
    // Given back between the two statements: the next try finds it free.
    if (!row) return { kind: 'under_way' };
    if (!row.request_hash.equals(requestHash)) return { kind: 'reused' };
    if (row.consent_id === null || row.answer === null) return { kind: 'under_way' };
    return { kind: 'answered', answer: { consentId: row.consent_id, sealed: row.answer } };
  }

  /** Keeps the answer. False when another request has taken the key over: what was done for it must not be kept then. */
  async answer(
    tx: EntityManager,
    { apiClientId, key }: IdempotencyKey,
    attempt: number,
    { consentId, sealed }: IdempotencyAnswer,
  ): Promise<boolean> {
    const [kept] = await tx.query<{ key: string }[]>(
      `WITH kept AS (
         UPDATE hub.idempotency_key SET consent_id = $4, answer = $5
          WHERE api_client_id = $1 AND key = $2 AND attempt = $3 AND answer IS NULL
         RETURNING key
       )
       SELECT key FROM kept`,
      [apiClientId, key, attempt, consentId, sealed],
    );
    return kept !== undefined;
  }

  /** Gives a key back for which nothing was done. */
  async release({ apiClientId, key }: IdempotencyKey, attempt: number): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM hub.idempotency_key WHERE api_client_id = $1 AND key = $2 AND attempt = $3 AND answer IS NULL`,
      [apiClientId, key, attempt],
    );
  }

  /** Deletes keys whose day has passed. */
  async forgetExpired(): Promise<void> {
    for (let forgotten = BATCH; forgotten === BATCH;) {
      const rows = await this.dataSource.query<{ key: string }[]>(
        `WITH forgotten AS (
           DELETE FROM hub.idempotency_key
            WHERE (api_client_id, key) IN (
              SELECT api_client_id, key FROM hub.idempotency_key WHERE expires_at <= now()
               ORDER BY expires_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
            )
           RETURNING key
         )
         SELECT key FROM forgotten`,
      );
      forgotten = rows.length;
    }
  }
}
