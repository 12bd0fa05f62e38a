import { Injectable } from '@nestjs/common';
import { OPEN_STATUSES, OPEN_STATUSES_SQL } from '@consent-hub/consent';
import { DataSource } from 'typeorm';
import type { TokenRequestEntity, TokenRequestStatus } from './token-request.entity.js';

export const TOKEN_REQUEST_STATUSES = [
  ...OPEN_STATUSES,
  ...(['committed', 'refused', 'not_sent', 'probed', 'overtaken'] as const),
] as const satisfies readonly TokenRequestStatus[];

/** Which token requests are searched. What is absent does not matter. */
export interface TokenRequestCriteria {
  readonly consentId?: string;
  /** Any of them. */
  readonly statuses?: readonly TokenRequestStatus[];
}

/** A token request as it is shown: whether an answer is kept, never what it holds. */
export type FoundTokenRequest = Omit<TokenRequestEntity, 'rawAnswer' | 'probeOf'> & {
  readonly keepsAnswer: boolean;
  /** Asked again in the place of a request in doubt. */
  readonly isProbe: boolean;
};

export interface TokenRequestPage {
  readonly items: readonly FoundTokenRequest[];
  /** The id after which the next page begins; null when this was the last one. */
  readonly next: string | null;
}

const COLUMNS = `
  id, consent_id AS "consentId", brand, grant_type AS "grantType", status, expected_generation AS "expectedGeneration",
  request_id AS "requestId", caller_request_id AS "callerRequestId", owner, sent_at AS "sentAt", lease_ends_at AS "leaseEndsAt",
  settled_at AS "settledAt", outcome, http_status AS "httpStatus", bank_error AS "bankError", bank_error_code AS "bankErrorCode",
  raw_answer IS NOT NULL AS "keepsAnswer", probe_of IS NOT NULL AS "isProbe"`;

/** What is under way or in doubt for a consent. */
export interface OpenTokenRequest {
  readonly consentId: string;
  readonly requestId: string;
  readonly status: TokenRequestStatus;
  readonly sentAt: Date;
  /** In doubt: it is asked again then, at the earliest. */
  readonly leaseEndsAt: Date;
}

const OPEN_OF = `
  SELECT r.consent_id AS "consentId", r.request_id AS "requestId", r.status, r.sent_at AS "sentAt", r.lease_ends_at AS "leaseEndsAt"
    FROM unnest($1::uuid[]) AS given (id)
    CROSS JOIN LATERAL (
      SELECT * FROM hub.token_request o WHERE o.consent_id = given.id AND o.status IN (${OPEN_STATUSES_SQL}) LIMIT 1
    ) r`;

/** The index over Request-IDs holds what has ended; what is open is in a small index of its own. $1 Request-ID */
export const CONSENT_OF_REQUEST = `
  SELECT consent_id FROM hub.token_request WHERE request_id = $1 AND settled_at IS NOT NULL
  UNION ALL
  SELECT consent_id FROM hub.token_request WHERE request_id = $1 AND status IN (${OPEN_STATUSES_SQL})
  LIMIT 1`;

/** Lists what table `token_request` holds, newest first: ids are made in the order of time. */
@Injectable()
export class TokenRequestSearch {
  constructor(private readonly dataSource: DataSource) {}

  /** @param before id of the last request of the page before */
  async page(criteria: TokenRequestCriteria, limit: number, before?: string): Promise<TokenRequestPage> {
    const { text, values } = tokenRequestStatement(criteria, limit + 1, before);
    const found = await this.dataSource.query<FoundTokenRequest[]>(text, [...values]);
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** The open request of each of these consents that has one. */
  openOf(consentIds: readonly string[]): Promise<OpenTokenRequest[]> {
    return this.dataSource.query<OpenTokenRequest[]>(OPEN_OF, [consentIds]);
  }

  /**
   * The consent for which a call was made; null where the journal has no such call, or no longer.
   *
   * @param requestId its Request-ID at the bank, which the bank repeats as its Response-ID
   */
  async consentOf(requestId: string): Promise<string | null> {
    const [row] = await this.dataSource.query<{ consent_id: string }[]>(CONSENT_OF_REQUEST, [requestId]);
    return row?.consent_id ?? null;
  }
}

/**
 * Each status is searched apart, so that a page costs what it shows: for most of them an index has the order, for `committed`
 * the key has it. What one consent has, and what is under way, is read whole and sorted: these are few rows, and Postgres would
 * otherwise search for them in the order of the key.
 */
export function tokenRequestStatement(
  { consentId, statuses }: TokenRequestCriteria,
  limit: number,
  before?: string,
): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [limit];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const isOlder = before === undefined ? [] : [`id < ${value(before)}`];
  const branches = (): string[] => {
    if (consentId !== undefined) {
      const ofStatus = statuses === undefined ? [] : [`status = ANY (${value(statuses)}::text[])`];
      return [sorted([`consent_id = ${value(consentId)}`, ...isOlder, ...ofStatus])];
    }
    if (statuses === undefined) return [ordered(isOlder)];
    return [...new Set(statuses)].map((status) =>
      (status === 'sent' ? sorted : ordered)([...isOlder, `status = '${literal(status)}'`]),
    );
  };
  return { text: `SELECT * FROM (${branches().join(' UNION ALL ')}) r ORDER BY id DESC LIMIT $1`, values };
}

const FIRST = 'ORDER BY id DESC LIMIT $1';

const ordered = (conditions: readonly string[]): string => `(${selectOf(conditions)} ${FIRST})`;

const sorted = (conditions: readonly string[]): string =>
  `(SELECT * FROM (${selectOf(conditions)} OFFSET 0) r ${FIRST})`;

const selectOf = (conditions: readonly string[]): string =>
  `SELECT ${COLUMNS} FROM hub.token_request ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}`;

/** Written out: only of a constant does Postgres know that the index holds it. */
function literal(status: TokenRequestStatus): TokenRequestStatus {
  const known = TOKEN_REQUEST_STATUSES.find((one) => one === status);
  if (!known) throw new Error('not a status of a token request');
  return known;
}
