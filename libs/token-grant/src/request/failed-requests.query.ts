import { OPEN_STATUSES_SQL } from '@consent-hub/consent';
import type { Brand, GrantType } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { TokenRequestStatus } from './token-request.entity.js';

/** Statuses of requests that brought no pair. Those in doubt have no answer yet; a probe makes `probed` of them. */
export const FAILED_STATUSES = ['refused', 'in_doubt', 'probed', 'not_sent'] as const;
export type FailedStatus = (typeof FAILED_STATUSES)[number];

/** Requests of one hour that failed alike. */
export interface FailedRequestCount {
  /** When the hour began. */
  readonly hour: Date;
  readonly brand: Brand;
  readonly status: FailedStatus;
  /** The code of the bank; without one its word, the status of its answer, or our word for what happened. */
  readonly code: string;
  readonly count: number;
}

export interface FailedRequests {
  /** Oldest hour first. */
  readonly counts: readonly FailedRequestCount[];
  /** False: there were more, and the oldest of them are not counted. */
  readonly isComplete: boolean;
}

/** A request of a consent that failed. */
export interface FailedRequest {
  readonly consentId: string;
  readonly status: FailedStatus;
  readonly sentAt: Date;
  readonly code: string;
  readonly requestId: string;
}

/** A request that has not ended. */
export interface OpenRequest {
  readonly consentId: string;
  readonly brand: Brand;
  readonly grantType: GrantType;
  readonly status: TokenRequestStatus;
  readonly sentAt: Date;
  /** Whether its time has passed, so that no process waits for its answer any more. */
  readonly isOverdue: boolean;
  readonly requestId: string;
  /** How many of the brand have not ended. */
  readonly ofBrand: number;
}

/** So many failed requests are counted at most: more are an outage, whatever their number. */
const MOST_COUNTED = 50_000;

const CODE = `coalesce(bank_error_code, bank_error, 'HTTP ' || http_status, outcome, 'no answer')`;

const branches = FAILED_STATUSES.map(
  (status) => `
    (SELECT id, brand, status, sent_at, ${CODE} AS code FROM hub.token_request
      WHERE status = '${status}' AND id > $1 ORDER BY id DESC LIMIT ${MOST_COUNTED})`,
);

/** $1 the least key of the time: the index holds each of these statuses in the order of keys, which is that of time. */
export const FAILED_BY_HOUR = `
  WITH failed AS (SELECT * FROM (${branches.join(' UNION ALL ')}) f ORDER BY id DESC LIMIT ${MOST_COUNTED})
  SELECT date_trunc('hour', sent_at, 'UTC') AS hour, brand, status, code, count(*)::integer AS count
    FROM failed GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

const FAILED_LITERALS = FAILED_STATUSES.map((status) => `'${status}'`).join(', ');

/** $1 consents; each has few requests of the time. */
export const LATEST_FAILURES = `
  SELECT r.consent_id AS "consentId", r.status, r.sent_at AS "sentAt", r.request_id AS "requestId", r.code
    FROM unnest($1::uuid[]) AS wanted (id)
    CROSS JOIN LATERAL (
      SELECT consent_id, status, sent_at, request_id, ${CODE} AS code FROM hub.token_request
       WHERE consent_id = wanted.id AND status IN (${FAILED_LITERALS}) ORDER BY sent_at DESC LIMIT 1
    ) r`;

/** By the index of open requests alone. $1 how many of each brand */
export const OPEN_REQUESTS = `
  SELECT "consentId", brand, "grantType", status, "sentAt", "isOverdue", "requestId", "ofBrand"
    FROM (SELECT consent_id AS "consentId", brand, grant_type AS "grantType", status, sent_at AS "sentAt",
                 lease_ends_at <= now() AS "isOverdue", request_id AS "requestId",
                 row_number() OVER (PARTITION BY brand ORDER BY sent_at) AS place,
                 count(*) OVER (PARTITION BY brand)::integer AS "ofBrand"
            FROM hub.token_request WHERE status IN (${OPEN_STATUSES_SQL})) open
   WHERE place <= $1 ORDER BY brand, "sentAt"`;

const HOUR_MS = 3_600_000;
const TIMESTAMP_DIGITS = 12;

/** Keys made then or later are greater: a UUID of version 7 begins with its milliseconds. */
export function leastKeyAt(milliseconds: number): string {
  const digits = Math.max(0, Math.floor(milliseconds)).toString(16).padStart(TIMESTAMP_DIGITS, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}

/** What the journal says of requests that failed, and of those that have not ended. */
@Injectable()
export class FailedRequestsQuery {
  constructor(private readonly dataSource: DataSource) {}

  /** @param hours of the last so many, the present one among them */
  async ofLast(hours: number): Promise<FailedRequests> {
    const from = (Math.floor(Date.now() / HOUR_MS) - hours + 1) * HOUR_MS;
    const counts = await this.dataSource.query<FailedRequestCount[]>(FAILED_BY_HOUR, [leastKeyAt(from)]);
    const all = counts.reduce((sum, { count }) => sum + count, 0);
    return { counts, isComplete: all < MOST_COUNTED };
  }

  /** The last request of each of these consents that failed, as far as the journal goes back. */
  latestOf(consentIds: readonly string[]): Promise<FailedRequest[]> {
    return this.dataSource.query<FailedRequest[]>(LATEST_FAILURES, [[...new Set(consentIds)]]);
  }

  /** @param limit of each brand, the longest open first */
  open(limit: number): Promise<OpenRequest[]> {
    return this.dataSource.query<OpenRequest[]>(OPEN_REQUESTS, [limit]);
  }
}
