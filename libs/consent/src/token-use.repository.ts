import { Injectable } from '@nestjs/common';
import { runNamed, type NamedStatement } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import type { RefreshSchedule } from './domain/transition.js';
import { HAS_REQUEST, OPEN_REQUEST } from './request-conditions.js';

/** Tokens of one consent, handed out to one API client. */
export interface TokenUses {
  readonly consentId: string;
  readonly apiClientId: string;
  readonly uses: number;
  /** Since the last of them. */
  readonly ageSeconds: number;
}

/**
 * Counts, and notes on each pair that it is in use, to the minute: a pair that is read all day is not written every few
 * seconds. An idle pair is refreshed ahead of its end from now on, unless a refresh of it is under way, which does the same.
 * Rows that another transaction has locked are skipped: their pair is being refreshed, and the next batch comes soon.
 * The day of the last use is written once a day.
 */
const WRITE_USES: NamedStatement = {
  name: 'write_token_uses',
  text: `
  WITH given AS MATERIALIZED (
    SELECT consent_id, client_id, uses, now() - make_interval(secs => age) AS last_used_at
      FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::double precision[]) AS use (consent_id, client_id, uses, age)
  ), used AS (
    SELECT consent_id, max(last_used_at) AS last_used_at FROM given GROUP BY consent_id
  ), pair AS MATERIALIZED (
    SELECT t.consent_id, used.last_used_at,
           t.refresh_failures = 0 AND t.refresh_due_at IS NOT NULL
             AND coalesce(t.last_used_at, '-infinity') <= now() - make_interval(secs => $6::double precision * 3600) AS was_idle
      FROM hub.token_pair t JOIN used ON used.consent_id = t.consent_id
     WHERE coalesce(t.last_used_at, '-infinity') < used.last_used_at - interval '1 minute'
     ORDER BY t.consent_id FOR NO KEY UPDATE OF t SKIP LOCKED
  ), noted AS (
    UPDATE hub.token_pair t
       SET last_used_at = pair.last_used_at,
           refresh_due_at = CASE
             WHEN pair.was_idle AND NOT ${HAS_REQUEST('t.consent_id', OPEN_REQUEST)} THEN least(t.refresh_due_at, hub.refresh_due(
               t.issued_at, t.access_expires_at, pair.last_used_at,
               $5::double precision, $6::double precision, $7::double precision
             ))
             ELSE t.refresh_due_at
           END
      FROM pair WHERE t.consent_id = pair.consent_id
  ), day AS MATERIALIZED (
    SELECT u.consent_id, (used.last_used_at AT TIME ZONE 'UTC')::date AS used_on
      FROM hub.consent_use u JOIN used ON used.consent_id = u.consent_id
     WHERE u.used_on IS NULL OR u.used_on < (used.last_used_at AT TIME ZONE 'UTC')::date
     ORDER BY u.consent_id FOR NO KEY UPDATE OF u SKIP LOCKED
  ), dated AS (
    UPDATE hub.consent_use u SET used_on = day.used_on FROM day WHERE u.consent_id = day.consent_id
  )
  INSERT INTO hub.token_use AS u (consent_id, api_client_id, uses, last_used_at)
  SELECT consent_id, client_id, uses, last_used_at FROM given ORDER BY consent_id, client_id
  ON CONFLICT (consent_id, api_client_id) DO UPDATE
     SET uses = u.uses + excluded.uses, last_used_at = greatest(u.last_used_at, excluded.last_used_at)`,
};

/** Writes what was handed out, many hand-outs in one statement. */
@Injectable()
export class TokenUseRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @param all at most one of each consent and client */
  async write(all: readonly TokenUses[], schedule: RefreshSchedule): Promise<void> {
    if (all.length === 0) return;
    await runNamed(this.dataSource, WRITE_USES, [
      all.map(({ consentId }) => consentId),
      all.map(({ apiClientId }) => apiClientId),
      all.map(({ uses }) => uses),
      all.map(({ ageSeconds }) => ageSeconds),
      schedule.aheadSeconds,
      schedule.idleHours,
      schedule.keepaliveHours,
    ]);
  }
}
