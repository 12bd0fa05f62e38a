import {
  DUE_PAIRS,
  DUE_PAIRS_OF,
  JOIN_CONSENT,
  JOIN_PAIR,
  LIVE_STATES_SQL,
  OPEN_STATUSES_SQL,
  SET_DUE_TIME,
} from '@consent-hub/consent';
import type { NamedStatement } from '@consent-hub/platform';
import {
  INTO,
  IS_UNDER_WAY,
  LEASES_END_AT,
  ON_RUN,
  RESERVED,
  SERVER_RUN,
  TIMES,
  UNLESS_OPEN,
} from './reservation.statements.js';

/**
 * Picks due consents of a brand and reserves a request for each that nothing blocks, in one statement: any number of replicas
 * claim at the same time, none waits for another, and a pair is claimed by one. It writes nothing but the request: a pair stays
 * due until its request has ended, and a pair whose request is under way is skipped. A lock on the pair's row is enough: a
 * transaction that ends a consent, or stores its next pair, writes that row. Hence it was before this statement, which then
 * sees it, or comes after it. A request that another replica has just reserved excludes this one by the index over open
 * requests. No transaction locks a consent so that its requests could not be written (`FOR UPDATE`). `CLAIM_DOUBTFUL` handles
 * what is picked and not reserved.
 *
 * The lower bound avoids reading what this process has claimed before, and index entries of pairs that were refreshed since:
 * those cannot be removed while some transaction still uses an old snapshot. No two intermediate results are joined: the
 * planner estimates few due rows, and would compare each row of the one with each of the other. What is the same for all rows
 * is in the first row only.
 *
 * Measured on two cores, a claim of 100 at 10^6 consents, with its commit and Node: 3.6 ms. Alternatives:
 * - a foreign key from the journal to the consent: 5.9 ms, since it locks, hence writes, the consent's row
 * - due times moved by the claim, as well as written with the pair: 9 to 11 ms
 * - no row locks, or no ON CONFLICT: no difference that could be measured (1 µs a refresh or less)
 * - claims of 512 instead of 96: 120 instead of 163 µs of Postgres a refresh, but later answers to waiting callers
 *
 * $1 brand, $2 lower bound, $3 how many, $4 ids, $5 Request-IDs, $6 owner, $7 seconds of lease, $8 server run, $9 keys of the vault
 */
export const CLAIM_DUE: NamedStatement = {
  name: 'claim_due_refreshes',
  text: reservingDue(`due AS MATERIALIZED (
    SELECT t.consent_id, t.generation, t.refresh_token, t.refresh_due_at FROM ${DUE_PAIRS('$1', '$2::timestamptz')}
       AND t.key_id = ANY ($9::text[]) AND NOT ${IS_UNDER_WAY('t')} AND ${ON_RUN('$8')}
     ORDER BY t.refresh_due_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
  )`),
};

/** The statement that reserves the rows which `due` has chosen and locked; parameters as in `CLAIM_DUE`. */
function reservingDue(due: string): string {
  return `
  WITH ${due}, picked AS MATERIALIZED (
    SELECT due.consent_id, due.generation, due.refresh_token, c.scope, row_number() OVER ()::integer AS nth,
           c.state IN (${LIVE_STATES_SQL})
             AND NOT EXISTS (SELECT FROM hub.token_request r
                              WHERE r.consent_id = due.consent_id AND r.expected_generation = due.generation
                                AND r.status = 'probed' OFFSET 0) AS is_plain
      FROM due ${JOIN_CONSENT('due.consent_id')}
  ), reserved AS (${INTO}
    SELECT ($4::uuid[])[nth], consent_id, $1, 'refresh_token', 'sent', generation, ($5::uuid[])[nth], NULL, $6, now(),
           now() + make_interval(secs => $7::double precision), NULL, false
      FROM picked WHERE is_plain
    ${UNLESS_OPEN} RETURNING consent_id
  )
  SELECT picked.nth, picked.consent_id, picked.generation, picked.refresh_token, picked.scope,
         picked.consent_id IN (SELECT consent_id FROM reserved) AS is_reserved,
         once.latest, once.run, once.sent_at, once.lease_ends_at
    FROM picked FULL JOIN (
      SELECT 1 AS nth, (SELECT max(refresh_due_at)::text FROM due) AS latest, ${SERVER_RUN} AS run, now() AS sent_at,
             now() + make_interval(secs => $7::double precision) AS lease_ends_at
    ) once ON once.nth = picked.nth ORDER BY once.nth`;
}

/**
 * Handles what `CLAIM_DUE` has picked and not reserved: a request in doubt whose lease has ended is given up and probed, so is an
 * unresolved doubt; the rest gets the due time at which the next claim should try it. It locks pair before consent, against the
 * order of all other transactions, which is safe because it waits for neither. LIMIT inside LATERAL keeps the planner from
 * reading every open request of the cluster for the few that belong here.
 *
 * $1 consents, $2 ids, $3 Request-IDs, $4 owner, $5 seconds of lease, $6 what the clock shows at the latest, $7 server run
 */
export const CLAIM_DOUBTFUL: NamedStatement = {
  name: 'claim_doubtful_refreshes',
  text: `
  WITH due AS MATERIALIZED (
    SELECT t.consent_id, t.generation, t.refresh_token FROM ${DUE_PAIRS_OF('$1')} AND ${ON_RUN('$7')}
       FOR NO KEY UPDATE SKIP LOCKED
  ), owned AS MATERIALIZED (
    SELECT c.id, c.brand, c.scope, c.state IN (${LIVE_STATES_SQL}) AS is_live, due.generation, due.refresh_token
      FROM due ${JOIN_CONSENT('due.consent_id')} FOR NO KEY UPDATE OF c SKIP LOCKED
  ), open AS MATERIALIZED (
    SELECT r.* FROM owned CROSS JOIN LATERAL (
      SELECT id, consent_id, status, lease_ends_at FROM hub.token_request
       WHERE consent_id = owned.id AND status IN (${OPEN_STATUSES_SQL}) LIMIT 1
    ) r
  ), taken AS (
    UPDATE hub.token_request r SET status = 'probed', settled_at = now()
      FROM open JOIN owned ON owned.id = open.consent_id AND owned.is_live
     WHERE r.id = open.id AND r.status = 'in_doubt' AND r.lease_ends_at <= ${LEASES_END_AT('$6')}
    RETURNING r.id, r.consent_id
  ), ready AS (
    SELECT owned.*, coalesce(taken.id, doubt.id) AS probe_of, row_number() OVER ()::integer AS nth
      FROM owned
      LEFT JOIN taken ON taken.consent_id = owned.id
      LEFT JOIN LATERAL (
        SELECT r.id FROM hub.token_request r
         WHERE r.consent_id = owned.id AND r.expected_generation = owned.generation AND r.status = 'probed'
         ORDER BY r.sent_at DESC LIMIT 1
      ) doubt ON true
     WHERE owned.is_live
       AND (taken.id IS NOT NULL OR NOT EXISTS (SELECT FROM open WHERE open.consent_id = owned.id))
  ), reserved AS (${INTO}
    SELECT ($2::uuid[])[nth], id, brand, 'refresh_token', 'sent', generation, ($3::uuid[])[nth], probe_of, $4, ${TIMES('$5')}, NULL, false
      FROM ready
    ${UNLESS_OPEN}${RESERVED}
  ), put_off AS (
    ${SET_DUE_TIME(`CASE
        WHEN NOT owned.is_live THEN NULL
        WHEN open.status = 'received' THEN now() + interval '1 hour'
        ELSE greatest(CASE open.status WHEN 'in_doubt' THEN open.lease_ends_at END, now() + interval '1 second')
      END`)}
      FROM owned LEFT JOIN open ON open.consent_id = owned.id
     WHERE t.consent_id = owned.id AND NOT EXISTS (SELECT FROM reserved WHERE reserved.consent_id = owned.id)
  )
  SELECT reserved.*, owned.scope, owned.refresh_token FROM reserved JOIN owned ON owned.id = reserved.consent_id`,
};

/** So many rows on each side of the random moment may be drawn. More than one claim asks for. */
const POOL_EACH_SIDE = 250;

const OUTERMOST = (order: 'ASC' | 'DESC') => `
      SELECT t.refresh_due_at AS at FROM ${DUE_PAIRS('$1', '$2::timestamptz')}
       ORDER BY t.refresh_due_at ${order} LIMIT 1`;

const NEIGHBOURS = (side: '>=' | '<', order: 'ASC' | 'DESC') => `
    (SELECT t.consent_id FROM ${DUE_PAIRS('$1', '$2::timestamptz')} AND t.refresh_due_at ${side} (SELECT at FROM start)
        AND t.key_id = ANY ($9::text[]) AND NOT ${IS_UNDER_WAY('t')}
      ORDER BY t.refresh_due_at ${order} LIMIT ${POOL_EACH_SIDE})`;

/**
 * `CLAIM_DUE` with another choice: those drawn from the neighbours of a random moment between the oldest due time and
 * the newest. Neighbours on both sides, since a moment that falls into a gap would otherwise give the same row again and again:
 * the first after the gap. Many of them, since those that became due together share one moment. It costs the same however much
 * is due: four walks of the index over due times, which end after one row or the size of the pool, and the sort of that pool.
 *
 * Parameters as in `CLAIM_DUE`; $2 is where the search for the oldest due time starts.
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
      FROM pool ${JOIN_PAIR('pool.consent_id')}
     WHERE t.brand = $1 AND t.refresh_due_at <= now() AND ${ON_RUN('$8')}
     ORDER BY random() LIMIT $3 FOR NO KEY UPDATE OF t SKIP LOCKED
  )`),
};
