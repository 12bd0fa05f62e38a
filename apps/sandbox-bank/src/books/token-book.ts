import { Injectable } from '@nestjs/common';
import { newId } from '@consent-hub/platform';
import type { Scope, Secret } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { BankTerms } from './bank-terms.js';
import { hashOf, newOpaqueValue } from './opaque-value.js';

/** A new pair, in the clear for the only time. */
export interface IssuedPair {
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  readonly expiresInSeconds: number;
  readonly scope: Scope;
  /** AIS, authorization code only (bank page "Flows"). */
  readonly scaToken?: Secret;
  /** The first account of the consent; the only one where the TPP had to name it. */
  readonly iban: string;
  readonly logicalId: string;
}

/**
 * Why no pair was issued. `other_scope`: the value is good, but of a scope that the caller did not ask for; it stays good.
 * Anything else that is wrong with it, a second use too, is `invalid`.
 */
export type TokenRefusal = 'invalid' | 'other_scope';

export interface CodeRedemption {
  readonly tppId: string;
  readonly code: Secret;
  readonly redirectUri: string;
  /** The challenge that the verifier at hand answers (RFC 7636 section 4.6). */
  readonly codeChallenge: string;
  readonly scopes: readonly Scope[];
}

export interface TokenRotation {
  readonly tppId: string;
  readonly refreshToken: Secret;
  readonly scopes: readonly Scope[];
}

export interface AccessGrant {
  readonly scope: Scope;
  readonly accounts: readonly { readonly iban: string; readonly logicalId: string }[];
}

interface IssuedRow {
  readonly scope: Scope;
  readonly iban: string;
  readonly logicalId: string;
}

/**
 * The one writer of token pairs. A pair per TPP, PSU and scope is all that can live (bank page "Flows"). What was spent
 * is decided by one statement each, so that any number of processes on one database behave as one bank.
 */
@Injectable()
export class TokenBook {
  constructor(
    private readonly dataSource: DataSource,
    private readonly terms: BankTerms,
  ) {}

  /** Spends a code for the first pair of a consent; the pair that a former consent left dies with it. */
  async redeem(redemption: CodeRedemption): Promise<IssuedPair | TokenRefusal> {
    const { tppId, code, redirectUri, codeChallenge, scopes } = redemption;
    const [accessToken, refreshToken, scaToken] = [newOpaqueValue(), newOpaqueValue(), newOpaqueValue()];
    const { accessTokenSeconds, scaTokenSeconds } = this.terms.lives;
    const [row] = await this.dataSource.query<IssuedRow[]>(
      `WITH redeemed AS (
         UPDATE bank.psu_authorization SET code_used_at = bank.now()
          WHERE code_hash = $1 AND code_used_at IS NULL AND code_expires_at > bank.now()
            AND tpp_id = $2 AND redirect_uri = $3 AND code_challenge = $4 AND scope = ANY ($5)
         RETURNING id, psu_id, scope, ibans
       ), issued AS (
         INSERT INTO bank.token_pair AS pair
           (id, tpp_id, psu_id, scope, authorization_id, generation, access_hash, access_expires_at, refresh_hash,
            sca_hash, sca_expires_at)
         SELECT $6, $2, psu_id, scope, id, 1, $7, bank.now() + make_interval(secs => $8), $9,
                CASE scope WHEN 'AIS' THEN $10::bytea END,
                CASE scope WHEN 'AIS' THEN bank.now() + make_interval(secs => $11) END
           FROM redeemed
         ON CONFLICT (tpp_id, psu_id, scope) DO UPDATE
            SET authorization_id = EXCLUDED.authorization_id, generation = EXCLUDED.generation,
                access_hash = EXCLUDED.access_hash, access_expires_at = EXCLUDED.access_expires_at,
                refresh_hash = EXCLUDED.refresh_hash,
                sca_hash = EXCLUDED.sca_hash, sca_expires_at = EXCLUDED.sca_expires_at
         RETURNING authorization_id
       )
       SELECT r.scope, r.ibans[1] AS iban, bank.logical_id($2, r.psu_id, r.ibans[1]) AS "logicalId"
         FROM redeemed r JOIN issued i ON i.authorization_id = r.id`,
      [
        hashOf(code),
        tppId,
        redirectUri,
        codeChallenge,
        scopes,
        newId(),
        hashOf(accessToken),
        accessTokenSeconds,
        hashOf(refreshToken),
        hashOf(scaToken),
        scaTokenSeconds,
      ],
    );
    if (!row) return this.explainCode(redemption);
    const pair = { accessToken, refreshToken, expiresInSeconds: accessTokenSeconds, ...row };
    return row.scope === 'AIS' ? { ...pair, scaToken } : pair;
  }

  /** Spends a refresh token for the next generation of its pair; the previous pair dies at once. */
  async rotate(rotation: TokenRotation): Promise<IssuedPair | TokenRefusal> {
    const [accessToken, refreshToken] = [newOpaqueValue(), newOpaqueValue()];
    const { accessTokenSeconds } = this.terms.lives;
    const [row] = await this.dataSource.query<IssuedRow[]>(
      `WITH rotated AS (
         UPDATE bank.token_pair p
            SET generation = p.generation + 1, refresh_hash = $4,
                access_hash = $5, access_expires_at = bank.now() + make_interval(secs => $6)
           FROM bank.psu_authorization a
          WHERE p.refresh_hash = $1 AND p.tpp_id = $2 AND p.scope = ANY ($3)
            AND a.id = p.authorization_id AND a.consent_expires_at > bank.now()
         RETURNING p.id, p.psu_id, p.scope, a.ibans
       ), marked AS (
         INSERT INTO bank.rotated_refresh_token (refresh_hash, pair_id, rotated_at)
         SELECT $1, id, bank.now() FROM rotated
       )
       SELECT scope, ibans[1] AS iban, bank.logical_id($2, psu_id, ibans[1]) AS "logicalId" FROM rotated`,
      [
        hashOf(rotation.refreshToken),
        rotation.tppId,
        rotation.scopes,
        hashOf(refreshToken),
        hashOf(accessToken),
        accessTokenSeconds,
      ],
    );
    if (!row) return this.explainRefreshToken(rotation);
    return { accessToken, refreshToken, expiresInSeconds: accessTokenSeconds, ...row };
  }

  /** What an access token opens; null when it is unknown, replaced or expired, or its consent is over. */
  async findAccess(tppId: string, accessToken: Secret): Promise<AccessGrant | null> {
    const [found] = await this.dataSource.query<AccessGrant[]>(
      `SELECT p.scope, (
                SELECT json_agg(json_build_object(
                  'iban', chosen.iban, 'logicalId', bank.logical_id(p.tpp_id, p.psu_id, chosen.iban)
                ) ORDER BY chosen.ordinality)
                  FROM unnest(a.ibans) WITH ORDINALITY AS chosen (iban)
              ) AS accounts
         FROM bank.token_pair p JOIN bank.psu_authorization a ON a.id = p.authorization_id
        WHERE p.access_hash = $1 AND p.tpp_id = $2
          AND p.access_expires_at > bank.now() AND a.consent_expires_at > bank.now()`,
      [hashOf(accessToken), tppId],
    );
    return found ?? null;
  }

  /** A code that was used before is a replay, and counted: its first use may have been somebody else's. */
  private async explainCode({ tppId, code, scopes }: CodeRedemption): Promise<TokenRefusal> {
    const rows = await this.dataSource.query<{ isOtherScope: boolean }[]>(
      `WITH known AS (
         SELECT code_used_at, code_expires_at, scope FROM bank.psu_authorization WHERE code_hash = $1 AND tpp_id = $2
       ), counted AS (
         INSERT INTO bank.replay (grant_type, at)
         SELECT 'authorization_code', bank.now() FROM known WHERE code_used_at IS NOT NULL
       )
       SELECT NOT scope = ANY ($3) AS "isOtherScope" FROM known
        WHERE code_used_at IS NULL AND code_expires_at > bank.now()`,
      [hashOf(code), tppId, scopes],
    );
    return rows[0]?.isOtherScope ? 'other_scope' : 'invalid';
  }

  private async explainRefreshToken({ tppId, refreshToken, scopes }: TokenRotation): Promise<TokenRefusal> {
    const rows = await this.dataSource.query<{ isOtherScope: boolean }[]>(
      `WITH counted AS (
         INSERT INTO bank.replay (grant_type, at)
         SELECT 'refresh_token', bank.now() FROM bank.rotated_refresh_token WHERE refresh_hash = $1
       )
       SELECT NOT scope = ANY ($3) AS "isOtherScope" FROM bank.token_pair WHERE refresh_hash = $1 AND tpp_id = $2`,
      [hashOf(refreshToken), tppId, scopes],
    );
    return rows[0]?.isOtherScope ? 'other_scope' : 'invalid';
  }
}
