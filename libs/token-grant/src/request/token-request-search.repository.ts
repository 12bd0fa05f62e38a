import { Injectable } from '@nestjs/common';
import { OPEN_STATUSES } from '@consent-hub/consent';
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
  raw_answer IS NOT NULL AS "keepsAnswer"`;

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
