import { Injectable } from '@nestjs/common';
import type { ConsentState, StateReason } from '@consent-hub/consent';
import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';

/** Whose token is asked for, where the caller does not know the consent. */
export interface Person {
  readonly brand: Brand;
  readonly psuRef: string;
  readonly scope: Scope;
}

/** A consent and the pair it holds, still sealed. */
export interface TokenRow {
  readonly consentId: string;
  readonly scope: Scope;
  readonly state: ConsentState;
  readonly reason: StateReason | null;
  /** Null: there is no pair yet, or its values are destroyed. */
  readonly pair: SealedPair | null;
}

export interface SealedPair {
  readonly generation: number;
  readonly accessToken: Buffer;
  readonly expiresAt: Date;
  /** By the clock of Postgres; zero or less once it is over. */
  readonly expiresInSeconds: number;
  readonly logicalId: string | null;
  /** The answer to its refresh was lost: the bank may already have replaced it. */
  readonly isInDoubt: boolean;
}

interface SelectedRow {
  id: string;
  scope: Scope;
  state: ConsentState;
  state_reason: StateReason | null;
  generation: number | null;
  access_token: Buffer | null;
  access_expires_at: Date | null;
  expires_in: number | null;
  logical_id: string | null;
  in_doubt: boolean;
}

const SELECT = `
  SELECT c.id, c.scope, c.state, c.state_reason,
         t.generation, t.access_token, t.access_expires_at, t.logical_id,
         floor(extract(epoch FROM t.access_expires_at - now()))::integer AS expires_in,
         EXISTS (SELECT FROM hub.token_request r WHERE r.consent_id = c.id AND r.status = 'in_doubt') AS in_doubt
    FROM hub.consent c
    LEFT JOIN hub.token_set t ON t.consent_id = c.id`;

/**
 * The read behind every access token that is handed out: one statement, no entity, since mapping one would cost several
 * times the statement itself and this is the hottest path there is.
 */
@Injectable()
export class AccessTokenQuery {
  constructor(private readonly dataSource: DataSource) {}

  byConsent(id: string): Promise<TokenRow | null> {
    return this.first(`${SELECT} WHERE c.id = $1`, [id]);
  }

  /** Of the live consent of a person, of which there is at most one. */
  byPerson({ brand, psuRef, scope }: Person): Promise<TokenRow | null> {
    return this.first(
      `${SELECT} WHERE c.brand = $1 AND c.psu_ref = $2 AND c.scope = $3 AND c.state IN ('active', 'refreshed')`,
      [brand, psuRef, scope],
    );
  }

  private async first(statement: string, parameters: string[]): Promise<TokenRow | null> {
    const [row] = await this.dataSource.query<SelectedRow[]>(statement, parameters);
    return row ? toTokenRow(row) : null;
  }
}

const toTokenRow = (row: SelectedRow): TokenRow => ({
  consentId: row.id,
  scope: row.scope,
  state: row.state,
  reason: row.state_reason,
  pair: toPair(row),
});

function toPair(row: SelectedRow): SealedPair | null {
  const { generation, access_token, access_expires_at, expires_in } = row;
  if (generation === null || access_token === null || access_expires_at === null || expires_in === null)
    return null;
  return {
    generation,
    accessToken: access_token,
    expiresAt: access_expires_at,
    expiresInSeconds: expires_in,
    logicalId: row.logical_id,
    isInDoubt: row.in_doubt,
  };
}
