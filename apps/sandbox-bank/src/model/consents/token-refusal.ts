import type { Scope } from '@consent-hub/psd2-protocol';
import type { DataSource } from 'typeorm';
import { hashOf } from '../secrets.js';
import type { CodeRedemption, TokenRefusal, TokenRotation } from './token-pair.js';

/** The facts of a value that is neither spent nor expired. */
interface GoodValue {
  readonly scope: Scope;
  readonly isOfScope: boolean;
  readonly isWithdrawn: boolean;
}

/** A code that was used before is a replay, and counted: its first user may have been another party. */
export async function explainCode(
  dataSource: DataSource,
  { tppId, code, scopes }: CodeRedemption,
): Promise<TokenRefusal> {
  const [good] = await dataSource.query<GoodValue[]>(
    `WITH known AS (
       SELECT code_used_at, code_answer_lost_at, code_expires_at, scope, withdrawn_at
         FROM bank.psu_authorization WHERE code_hash = $1 AND tpp_id = $2
     ), counted AS (
       INSERT INTO bank.replay (grant_type, at, after_lost_answer)
       SELECT 'authorization_code', bank.now(), code_answer_lost_at IS NOT NULL FROM known
        WHERE code_used_at IS NOT NULL
     )
     SELECT scope, scope = ANY ($3) AS "isOfScope", withdrawn_at IS NOT NULL AS "isWithdrawn" FROM known
      WHERE code_used_at IS NULL AND code_expires_at > bank.now()`,
    [hashOf(code), tppId, scopes],
  );
  return refusalOf(good);
}

/**
 * A refresh token that was rotated before is a replay, and counted, also when another consent has replaced its consent
 * since.
 *
 * @param kills whether a replay ends the token pair that came from it, as long as that is of the same consent
 */
export async function explainRefreshToken(
  dataSource: DataSource,
  { tppId, refreshToken, scopes }: TokenRotation,
  kills: boolean,
): Promise<TokenRefusal> {
  const [good] = await dataSource.query<GoodValue[]>(
    `WITH spent AS (
       SELECT pair_id, authorization_id, answer_lost_at FROM bank.rotated_refresh_token WHERE refresh_hash = $1
     ), counted AS (
       INSERT INTO bank.replay (grant_type, at, after_lost_answer)
       SELECT 'refresh_token', bank.now(), answer_lost_at IS NOT NULL FROM spent
     ), killed AS (
       UPDATE bank.token_pair p SET killed_at = bank.now() FROM spent
        WHERE $4::boolean AND p.id = spent.pair_id AND p.authorization_id = spent.authorization_id
          AND p.tpp_id = $2 AND p.killed_at IS NULL
     )
     SELECT p.scope, p.scope = ANY ($3) AS "isOfScope", a.withdrawn_at IS NOT NULL AS "isWithdrawn"
       FROM bank.token_pair p JOIN bank.psu_authorization a ON a.id = p.authorization_id
      WHERE p.refresh_hash = $1 AND p.tpp_id = $2 AND p.killed_at IS NULL AND a.consent_expires_at > bank.now()`,
    [hashOf(refreshToken), tppId, scopes, kills],
  );
  return refusalOf(good);
}

function refusalOf(good: GoodValue | undefined): TokenRefusal {
  if (!good) return { reason: 'invalid' };
  if (!good.isOfScope) return { reason: 'other_scope', scope: good.scope };
  return good.isWithdrawn ? { reason: 'withdrawn', scope: good.scope } : { reason: 'invalid' };
}
