import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '@consent-hub/platform';
import type { GrantType, Scope, Secret } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { BankSettings } from '../settings/bank.settings.js';
import { hashOf, newOpaqueValue, newScaToken } from '../secrets.js';
import { explainCode, explainRefreshToken } from './token-refusal.js';
import type { AccessGrant, CodeRedemption, IssuedPair, TokenRefusal, TokenRotation } from './token-pair.js';

export type * from './token-pair.js';

interface IssuedRow {
  readonly scope: Scope;
  readonly iban: string;
  readonly logicalId: string;
}

/**
 * Issues token pairs. One token pair lives per TPP, PSU and scope (bank page "Flows"). One statement each decides what was
 * spent, so that any number of processes on one database behave as one bank.
 */
@Injectable()
export class TokenRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: BankSettings,
  ) {}

  /** Spends a code for the first token pair of a consent; the token pair of a former consent ends. */
  async redeem(redemption: CodeRedemption): Promise<IssuedPair | TokenRefusal> {
    const { tppId, code, redirectUri, codeVerifier, scopes } = redemption;
    const [accessToken, refreshToken, scaToken] = [newOpaqueValue(), newOpaqueValue(), newScaToken()];
    const { accessTokenSeconds, scaTokenSeconds } = this.settings.lives;
    const [row] = await this.dataSource.query<IssuedRow[]>(
      `WITH redeemed AS (
         UPDATE bank.psu_authorization SET code_used_at = bank.now()
          WHERE code_hash = $1 AND code_used_at IS NULL AND code_expires_at > bank.now() AND withdrawn_at IS NULL
            AND tpp_id = $2 AND redirect_uri = $3 AND scope = ANY ($4)
            AND (code_challenge IS NULL OR code_challenge = CASE code_challenge_method WHEN 'plain' THEN $5 ELSE $6 END)
         RETURNING id, psu_id, scope, ibans, decided_at
       ), issued AS (
         INSERT INTO bank.token_pair AS pair
           (id, tpp_id, psu_id, scope, authorization_id, generation, authenticated_at,
            access_hash, access_expires_at, refresh_hash, sca_hash, sca_expires_at)
         SELECT $7, $2, psu_id, scope, id, 1, decided_at, $8, bank.now() + make_interval(secs => $9), $10,
                CASE scope WHEN 'AIS' THEN $11::bytea END,
                CASE scope WHEN 'AIS' THEN bank.now() + make_interval(secs => $12) END
           FROM redeemed
         ON CONFLICT (tpp_id, psu_id, scope) DO UPDATE
            SET authorization_id = EXCLUDED.authorization_id, generation = EXCLUDED.generation,
                authenticated_at = EXCLUDED.authenticated_at, killed_at = NULL,
                access_hash = EXCLUDED.access_hash, access_expires_at = EXCLUDED.access_expires_at,
                refresh_hash = EXCLUDED.refresh_hash,
                sca_hash = EXCLUDED.sca_hash, sca_expires_at = EXCLUDED.sca_expires_at
         RETURNING authorization_id
       )
       SELECT r.scope, r.ibans[1] AS iban, ${this.logicalId('$2', 'r.psu_id', 'r.id', 'r.ibans[1]')} AS "logicalId"
         FROM redeemed r JOIN issued i ON i.authorization_id = r.id`,
      [
        hashOf(code),
        tppId,
        redirectUri,
        scopes,
        codeVerifier?.reveal() ?? null,
        codeVerifier && s256(codeVerifier),
        newId(),
        hashOf(accessToken),
        accessTokenSeconds,
        hashOf(refreshToken),
        hashOf(scaToken),
        scaTokenSeconds,
      ],
    );
    if (!row) return explainCode(this.dataSource, redemption);
    const pair = { accessToken, refreshToken, expiresInSeconds: accessTokenSeconds, ...row };
    return row.scope === 'AIS' ? { ...pair, scaToken } : pair;
  }

  /** Spends a refresh token for the next generation of its token pair; the previous one ends at once. */
  async rotate(rotation: TokenRotation): Promise<IssuedPair | TokenRefusal> {
    const [accessToken, refreshToken] = [newOpaqueValue(), newOpaqueValue()];
    const { assumptions, consentDays, lives } = this.settings;
    // The former row has the token's own generation: a concurrent rotation changes the hash, and then no row is found here.
    const [row] = await this.dataSource.query<IssuedRow[]>(
      `WITH rotated AS (
         UPDATE bank.token_pair p
            SET generation = p.generation + 1, refresh_hash = $4,
                access_hash = $5, access_expires_at = bank.now() + make_interval(secs => $6)
           FROM bank.token_pair former, bank.psu_authorization a
          WHERE p.refresh_hash = $1 AND p.tpp_id = $2 AND p.scope = ANY ($3) AND p.killed_at IS NULL
            AND former.id = p.id AND a.id = p.authorization_id
            AND a.withdrawn_at IS NULL AND a.consent_expires_at > bank.now()
         RETURNING p.id, p.psu_id, p.scope, p.authorization_id, a.ibans,
                   former.access_hash, former.access_expires_at
       ), recorded AS (
         INSERT INTO bank.rotated_refresh_token
           (refresh_hash, pair_id, authorization_id, access_hash, access_expires_at, rotated_at)
         SELECT $1, id, authorization_id, access_hash, access_expires_at, bank.now() FROM rotated
       ), extended AS (
         UPDATE bank.psu_authorization a SET consent_expires_at = bank.now() + make_interval(days => $8)
           FROM rotated WHERE $7::boolean AND a.id = rotated.authorization_id
       )
       SELECT scope, ibans[1] AS iban, ${this.logicalId('$2', 'psu_id', 'authorization_id', 'ibans[1]')} AS "logicalId"
         FROM rotated`,
      [
        hashOf(rotation.refreshToken),
        rotation.tppId,
        rotation.scopes,
        hashOf(refreshToken),
        hashOf(accessToken),
        lives.accessTokenSeconds,
        assumptions.refresh_extends_consent === 'yes',
        consentDays,
      ],
    );
    if (!row)
      return explainRefreshToken(this.dataSource, rotation, assumptions.refresh_replay === 'kills_pair');
    return { accessToken, refreshToken, expiresInSeconds: lives.accessTokenSeconds, ...row };
  }

  /**
   * The access of an access token.
   *
   * @returns null when it is unknown, replaced or expired, or its consent has expired; `withdrawn` when it would be valid,
   *   had the PSU not ended the consent
   */
  async findAccess(tppId: string, accessToken: Secret): Promise<AccessGrant | 'withdrawn' | null> {
    const [found] = await this.dataSource.query<(AccessGrant & { readonly isWithdrawn: boolean })[]>(
      `WITH opened AS (
         SELECT id AS pair_id, authorization_id FROM bank.token_pair
          WHERE access_hash = $1 AND access_expires_at > bank.now()
         UNION ALL
         SELECT pair_id, authorization_id FROM bank.rotated_refresh_token
          WHERE $3::boolean AND access_hash = $1 AND access_expires_at > bank.now()
       )
       SELECT p.scope, p.psu_id AS "psuId", a.id AS "authorizationId", p.authenticated_at AS "authenticatedAt",
              floor(extract(epoch FROM bank.now() - p.authenticated_at) / 86400)::int AS "authenticatedDaysAgo",
              a.withdrawn_at IS NOT NULL AS "isWithdrawn", (
                SELECT json_agg(json_build_object(
                  'iban', chosen.iban,
                  'logicalId', ${this.logicalId('p.tpp_id', 'p.psu_id', 'a.id', 'chosen.iban')}
                ) ORDER BY chosen.ordinality)
                  FROM unnest(a.ibans) WITH ORDINALITY AS chosen (iban)
              ) AS accounts
         FROM opened o
         JOIN bank.token_pair p ON p.id = o.pair_id AND p.authorization_id = o.authorization_id
         JOIN bank.psu_authorization a ON a.id = p.authorization_id
        WHERE p.tpp_id = $2 AND p.killed_at IS NULL AND a.consent_expires_at > bank.now()`,
      [hashOf(accessToken), tppId, this.settings.assumptions.previous_access_token === 'valid_to_its_end'],
    );
    if (!found) return null;
    const { isWithdrawn, ...access } = found;
    return isWithdrawn ? 'withdrawn' : access;
  }

  /** Whether an SCA token is this PSU's newest and has not expired. */
  async acceptsScaToken(tppId: string, psuId: string, scaToken: Secret): Promise<boolean> {
    const found = await this.dataSource.query<unknown[]>(
      `SELECT FROM bank.token_pair
        WHERE tpp_id = $1 AND psu_id = $2 AND scope = 'AIS' AND sca_hash = $3 AND sca_expires_at > bank.now()`,
      [tppId, psuId, hashOf(scaToken)],
    );
    return found.length === 1;
  }

  /**
   * Notes that the answer with the token pair of a spent code or refresh token is lost, because of a fault or because the
   * caller disconnected. A caller that sends the same value again asks for the outcome, and does not spend it twice.
   */
  async noteLostAnswer(grantType: GrantType, value: Secret): Promise<void> {
    await this.dataSource.query(
      grantType === 'refresh_token'
        ? `UPDATE bank.rotated_refresh_token SET answer_lost_at = bank.now() WHERE refresh_hash = $1`
        : `UPDATE bank.psu_authorization SET code_answer_lost_at = bank.now()
            WHERE code_hash = $1 AND code_used_at IS NOT NULL`,
      [hashOf(value)],
    );
  }

  /** The logical-ID of an account, in SQL. Assumed: it does not depend on the consent. */
  private logicalId(tpp: string, psu: string, authorization: string, iban: string): string {
    const isOfConsent = this.settings.assumptions.logical_id === 'per_consent';
    return `bank.logical_id(${tpp}, ${isOfConsent ? `${psu} || ' ' || ${authorization}` : psu}, ${iban})`;
  }
}

/** RFC 7636 section 4.2. */
const s256 = (verifier: Secret): string => createHash('sha256').update(verifier.reveal()).digest('base64url');
