import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { fromStatesSql, LIVE_STATES, type SourceState } from '../domain/consent-state.js';
import { DESTROY_PAIR } from './token-pair.statements.js';

/**
 * An SCA token that can no longer be used is not kept. Rows that another transaction has locked are skipped: the next sweep
 * comes soon.
 */
export const DESTROY_SCA_TOKENS = `
  WITH over AS (
    SELECT consent_id FROM hub.token_pair
     WHERE sca_token IS NOT NULL AND sca_token_expires_at <= now()
     ORDER BY sca_token_expires_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
  ), destroyed AS (
    UPDATE hub.token_pair t SET sca_token = NULL, sca_token_expires_at = NULL
      FROM over WHERE t.consent_id = over.consent_id
    RETURNING t.consent_id
  )
  SELECT count(*)::int AS count FROM destroyed`;

/** Ends what has expired, many in one statement; several replicas share the work without waiting. */
@Injectable()
export class ConsentExpirer {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Ends up to `limit` links from which no PSU returned in time.
   *
   * @returns how many
   */
  expireLinks(limit: number): Promise<number> {
    return this.expire(['initiated'], 'link_expires_at', 'link_timeout', limit);
  }

  /**
   * Ends up to `limit` live consents at the end of their validity, and destroys their pairs.
   *
   * @returns how many
   */
  expireConsents(limit: number): Promise<number> {
    return this.expire(LIVE_STATES, 'consent_expires_at', 'validity_ended', limit);
  }

  /**
   * Destroys up to `limit` SCA tokens whose hour has passed; their pairs stay.
   *
   * @returns how many
   */
  async destroyScaTokens(limit: number): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(DESTROY_SCA_TOKENS, [limit]);
    return row?.count ?? 0;
  }

  /** The same columns and timeline row as a single move to `expired` writes. */
  private async expire(
    from: readonly Exclude<SourceState<'expired'>, 'failed'>[],
    dueAt: 'link_expires_at' | 'consent_expires_at',
    reason: 'link_timeout' | 'validity_ended',
    limit: number,
  ): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      `WITH due AS (
         SELECT id, state FROM hub.consent
          WHERE state IN (${fromStatesSql('expired', from)}) AND ${dueAt} <= now()
          ORDER BY ${dueAt} LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
       ), moved AS (
         UPDATE hub.consent c
            SET state = 'expired', state_reason = $2, ended_at = now(), code_verifier = NULL, authorization_code = NULL,
                link_start = NULL
           FROM due WHERE c.id = due.id
         RETURNING c.id, due.state AS from_state
       ), destroyed AS (
         UPDATE hub.token_pair t SET ${DESTROY_PAIR}
           FROM moved WHERE t.consent_id = moved.id
       ), recorded AS (
         INSERT INTO hub.consent_event (consent_id, type, from_state, to_state, reason, actor)
         SELECT id, 'state_changed', from_state, 'expired', $2, 'hub:consent-expiry' FROM moved
       )
       SELECT count(*)::int AS count FROM moved`,
      [limit, reason],
    );
    return row?.count ?? 0;
  }
}
