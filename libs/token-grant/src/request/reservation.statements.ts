import { AUTHORIZED_CONSENTS, LIVE_PAIR, OPEN_STATUSES_SQL } from '@consent-hub/consent';
import type { NamedStatement } from '@consent-hub/platform';

/** Distinguishes the runs of database servers. */
export const SERVER_RUN = `extract(epoch FROM pg_postmaster_start_time())::text`;
/** Nothing is reserved on another run than the one that pairs may be spent on. */
export const ON_RUN = (known: string) => `${known}::text = ${SERVER_RUN}`;
/** The moment by which leases have ended: now, but not by a clock that shows more than it can, milliseconds since 1970. */
export const LEASES_END_AT = (latestMs: string) =>
  `least(now(), to_timestamp(${latestMs}::double precision / 1000))`;

/** Whether a request for a pair is under way, or may be. Only its owner, or the process that takes it over, ends that. */
export const IS_UNDER_WAY = (pair: string) => `EXISTS (
       SELECT FROM hub.token_request r WHERE r.consent_id = ${pair}.consent_id AND r.status = 'sent' OFFSET 0)`;

/** Whether the call for a pair is under way, by its lease. */
export const IS_LEASED = (pair: string) => `EXISTS (
       SELECT FROM hub.token_request r
        WHERE r.consent_id = ${pair}.consent_id AND r.status = 'sent' AND r.lease_ends_at > now() OFFSET 0)`;

/** A relation: how many requests of each brand are open, by the index over those, and how many of them are in doubt. */
export const OPEN_REQUESTS_OF_BRANDS = `(
      SELECT brand, count(*)::integer AS count,
             count(*) FILTER (WHERE status = 'in_doubt' OR (status = 'sent' AND lease_ends_at <= now()))::integer AS doubtful
        FROM hub.token_request WHERE status IN (${OPEN_STATUSES_SQL}) GROUP BY brand
    )`;

/** The columns that a reservation fills, in this order. */
export const INTO = `
  INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, probe_of,
         owner, sent_at, lease_ends_at, caller_request_id, is_forced)`;
export const TIMES = (leaseSeconds: string) =>
  `clock_timestamp(), clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)`;
/**
 * The forced refreshes of a consent that began less than so many seconds ago and brought a pair. Those that brought none delay
 * no other: nothing happened at the bank, or the next request is to find out what did.
 */
export const FORCED_LATELY = (consent: string, seconds: string) => `
       FROM hub.token_request r
      WHERE r.consent_id = ${consent} AND r.is_forced AND r.status = 'committed'
        AND r.sent_at > now() - make_interval(secs => ${seconds}::double precision)`;
export const UNLESS_OPEN = `ON CONFLICT (consent_id) WHERE status IN (${OPEN_STATUSES_SQL}) DO NOTHING`;
export const RESERVED = `
  RETURNING id, consent_id, brand, grant_type, expected_generation, request_id, probe_of, owner, sent_at, lease_ends_at,
            caller_request_id`;

/**
 * The common reservation as one statement, hence one round trip and one commit, where the transaction that handles every case
 * takes nine: nothing is open for the consent, nothing of its generation is in doubt, and it was not forced a moment ago. No row:
 * one of these does not hold, and the transaction decides. What the snapshot of the statement is too old to show is caught by the
 * row locks and by the index over open requests.
 *
 * $1 consent, $2 generation, $3 id, $4 Request-ID, $5 owner, $6 seconds of lease, $7 server run, $8 X-Request-Id of the caller or null,
 * $9 for a forced refresh: least seconds since the last one; else null
 */
export const RESERVE_REFRESH: NamedStatement = {
  name: 'reserve_refresh',
  text: `
  WITH owned AS MATERIALIZED (
    SELECT c.id, c.brand, c.scope, t.refresh_token
      FROM ${LIVE_PAIR('$1', '$2')}
       AND ${ON_RUN('$7')}
       FOR NO KEY UPDATE OF c, t
  ), reserved AS (${INTO}
    SELECT $3, owned.id, owned.brand, 'refresh_token', 'sent', $2, $4, NULL, $5, ${TIMES('$6')}, $8::text, $9::double precision IS NOT NULL
      FROM owned
     WHERE NOT EXISTS (SELECT FROM hub.token_request r
                        WHERE r.consent_id = $1 AND r.expected_generation = $2 AND r.status = 'probed')
       AND ($9::double precision IS NULL OR NOT EXISTS (SELECT${FORCED_LATELY('$1', '$9')}))
    ${UNLESS_OPEN}${RESERVED}
  )
  SELECT reserved.*, ${SERVER_RUN} AS run, owned.scope, owned.refresh_token FROM reserved CROSS JOIN owned`,
};

/**
 * As `RESERVE_REFRESH`, for a code that was not sent yet: $2 id, $3 Request-ID, $4 owner, $5 seconds of lease, $6 server run,
 * $7 X-Request-Id of the caller or null.
 */
export const RESERVE_EXCHANGE: NamedStatement = {
  name: 'reserve_exchange',
  text: `
  WITH owned AS MATERIALIZED (
    SELECT c.id, c.brand, c.scope, c.authorization_code, c.code_verifier, c.redirect_uri
      FROM ${AUTHORIZED_CONSENTS} AND c.id = $1 AND ${ON_RUN('$6')}
       FOR NO KEY UPDATE
  ), reserved AS (${INTO}
    SELECT $2, owned.id, owned.brand, 'authorization_code', 'sent', 0, $3, NULL, $4, ${TIMES('$5')}, $7::text, false FROM owned
     WHERE NOT EXISTS (SELECT FROM hub.token_request r WHERE r.consent_id = $1)
    ${UNLESS_OPEN}${RESERVED}
  )
  SELECT reserved.*, ${SERVER_RUN} AS run, owned.scope, owned.authorization_code, owned.code_verifier,
         owned.redirect_uri
    FROM reserved CROSS JOIN owned`,
};
