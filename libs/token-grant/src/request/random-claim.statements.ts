import type { NamedStatement } from '@consent-hub/platform';
import { IS_UNDER_WAY, ON_RUN, reservingDue } from './reservation.statements.js';

/** So many rows on each side of the random moment may be drawn. More than one claim asks for. */
const POOL_EACH_SIDE = 250;

const OUTERMOST = (order: 'ASC' | 'DESC') => `
      SELECT t.refresh_due_at AS at FROM hub.token_pair t
       WHERE t.brand = $1 AND t.refresh_due_at >= $2::timestamptz AND t.refresh_due_at <= now()
       ORDER BY t.refresh_due_at ${order} LIMIT 1`;

const NEIGHBOURS = (side: '>=' | '<', order: 'ASC' | 'DESC') => `
    (SELECT t.consent_id FROM hub.token_pair t
      WHERE t.brand = $1 AND t.refresh_due_at ${side} (SELECT at FROM start)
        AND t.refresh_due_at >= $2::timestamptz AND t.refresh_due_at <= now() AND t.key_id = ANY ($9::text[]) AND NOT ${IS_UNDER_WAY('t')}
      ORDER BY t.refresh_due_at ${order} LIMIT ${POOL_EACH_SIDE})`;

/**
 * `CLAIM_DUE` with another choice: those drawn from the neighbours of a random moment between the oldest due time and
 * the newest. Neighbours on both sides, since a moment that falls into a gap would otherwise give the same row again and again:
 * the first after the gap. Many of them, since those that became due together share one moment. It costs the same however much
 * is due: four walks of the index over due times, which end after one row or the size of the pool, and the sort of that pool.
 *
 * Parameters as in `CLAIM_DUE`; $2 is where the oldest due time is looked for.
 */
export const CLAIM_AT_RANDOM: NamedStatement = {
  name: 'claim_random_refreshes',
  text: reservingDue(`start AS MATERIALIZED (
    SELECT oldest.at + random() * (newest.at - oldest.at) AS at
      FROM (${OUTERMOST('ASC')}) oldest CROSS JOIN (${OUTERMOST('DESC')}) newest
  ), pool AS MATERIALIZED (${NEIGHBOURS('>=', 'ASC')}
    UNION ALL${NEIGHBOURS('<', 'DESC')}
  ), due AS MATERIALIZED (
    SELECT t.consent_id, t.generation, t.refresh_token, t.refresh_due_at
      FROM pool JOIN hub.token_pair t ON t.consent_id = pool.consent_id
     WHERE t.brand = $1 AND t.refresh_due_at <= now() AND ${ON_RUN('$8')}
     ORDER BY random() LIMIT $3 FOR NO KEY UPDATE OF t SKIP LOCKED
  )`),
};
