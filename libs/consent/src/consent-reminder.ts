import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LIVE_STATES_SQL } from './domain/consent-state.js';

/** So many days before its end a consent is mentioned in its timeline; each once. */
export const REMINDER_DAYS = [14, 7, 1] as const;

/** Writes into the timelines of live consents that their end is near, many in one statement; replicas share the work without waiting. */
@Injectable()
export class ConsentReminder {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes up to `limit` consents whose next reminder is due, one distance after the other. One whose reminders were missed, or
   * that never lasted as long as the distance, gets what applies to the days it has left, and nothing twice.
   *
   * @returns how many were taken, with or without an entry
   */
  async remind(limit: number): Promise<number> {
    let taken = 0;
    let had: number | null = null;
    for (const days of REMINDER_DAYS) {
      if (taken < limit) taken += await this.remindOf(days, had, limit - taken);
      had = days;
    }
    return taken;
  }

  /** The index begins with the last reminder: the consents that wait for this one are contiguous, soonest end first. */
  private async remindOf(days: number, had: number | null, limit: number): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      `WITH due AS (
         SELECT id, consent_expires_at, coalesce(authorized_at, activated_at) AS begun_at FROM hub.consent
          WHERE state IN (${LIVE_STATES_SQL}) AND reminded_days ${had === null ? 'IS NULL' : `= ${had}`}
            AND consent_expires_at > now() AND consent_expires_at <= now() + make_interval(days => $1)
          ORDER BY consent_expires_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
       ), reached AS (
         SELECT due.*, (SELECT min(distance) FROM unnest($3::integer[]) AS distance
                         WHERE due.consent_expires_at <= now() + make_interval(days => distance)) AS days
           FROM due
       ), noted AS (
         UPDATE hub.consent c SET reminded_days = reached.days FROM reached WHERE c.id = reached.id
       ), recorded AS (
         INSERT INTO hub.consent_event (consent_id, type, actor, data)
         SELECT id, 'expires_soon', 'hub:consent-expiry', jsonb_build_object('days', days) FROM reached
          WHERE consent_expires_at > begun_at + make_interval(days => days)
       )
       SELECT count(*)::int AS count FROM reached`,
      [days, limit, [...REMINDER_DAYS]],
    );
    return row?.count ?? 0;
  }
}
