import { LEASES_END_AT } from './reservation.statements.js';

/** Owners of requests that are under way, or may be. */
export const OWNERS_UNDER_WAY = `SELECT DISTINCT owner FROM hub.token_request WHERE status = 'sent'`;

/**
 * Takes requests from their owner: doubtful from now on, to be probed at once, with that in the timeline. Whoever holds the
 * consent's row is settling one; it is left for the next time.
 */
const TAKE = (which: string, outcome: string) => `
  open AS MATERIALIZED (
    SELECT r.id FROM hub.token_request r JOIN hub.consent c ON c.id = r.consent_id
     WHERE r.status = 'sent' AND ${which} FOR NO KEY UPDATE OF c SKIP LOCKED
  ), taken AS (
    UPDATE hub.token_request r SET status = 'in_doubt', outcome = '${outcome}', lease_ends_at = now()
      FROM open WHERE r.id = open.id AND r.status = 'sent' RETURNING r.consent_id, r.request_id
  ), told AS (
    INSERT INTO hub.consent_event (consent_id, type, actor, data)
    SELECT consent_id, 'grant_in_doubt', 'hub:token-grant',
           jsonb_build_object('request_id', request_id, 'outcome', '${outcome}')
      FROM taken ORDER BY consent_id
  ), waiting AS (
    SELECT t.consent_id FROM hub.token_pair t JOIN taken ON taken.consent_id = t.consent_id
     WHERE t.refresh_due_at IS NOT NULL ORDER BY t.consent_id FOR NO KEY UPDATE OF t SKIP LOCKED
  ), due AS (
    UPDATE hub.token_pair t SET refresh_due_at = now() FROM waiting WHERE t.consent_id = waiting.consent_id
  )
  SELECT consent_id FROM taken`;

/** Takes the requests of a process that is dead, but for those whose answers are in a spool. $1 owner, $2 ids */
export const TAKE_FROM_DEAD = `WITH ${TAKE('r.owner = $1 AND r.id <> ALL ($2::uuid[])', 'process_died')}`;

/**
 * Takes the requests of silent processes whose leases are over. Whoever has moved its heartbeat since it was observed keeps them.
 *
 * $1 owners, $2 their heartbeats, null where one has no row, $3 ids whose answers are in a spool, $4 what the clock shows at the latest
 */
export const TAKE_FROM_SILENT = `
  WITH silent AS MATERIALIZED (
    SELECT given.owner FROM unnest($1::text[], $2::bigint[]) AS given (owner, beat)
      LEFT JOIN hub.instance i ON i.owner = given.owner WHERE i.beat IS NOT DISTINCT FROM given.beat
  ), ${TAKE(
    `r.owner IN (SELECT owner FROM silent) AND r.id <> ALL ($3::uuid[]) AND r.lease_ends_at <= ${LEASES_END_AT('$4')}`,
    'owner_silent',
  )}`;
