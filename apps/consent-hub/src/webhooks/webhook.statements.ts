import { EVENTS_BETWEEN } from '@consent-hub/consent';

/** Webhooks that get events now, with whether their clients see what others opened, and what happens to the hub. */
const WANTING = `
  SELECT w.id, w.api_client_id, w.event_types, w.starts_after, 'admin' = ANY (a.permissions) AS sees_all
    FROM hub.webhook w JOIN hub.api_client a ON a.id = w.api_client_id AND a.revoked_at IS NULL
   WHERE w.state = 'enabled' AND w.deleted_at IS NULL`;

/**
 * Makers of deliveries wait for those who settle some, and keep them waiting: a maker that does not see an earlier delivery end, and
 * a settler that does not see a later one begin, would leave the later one blocked for ever. Settlers share the lock among themselves.
 */
export const LOCK_ORDER = `SELECT pg_advisory_xact_lock(hashtext('order of webhook deliveries'))`;
export const SHARE_ORDER = `SELECT pg_advisory_xact_lock_shared(hashtext('order of webhook deliveries'))`;

/** One hub at a time moves the position. No row: another one does. `types` is NULL where no webhook wants anything. */
export const LOCK_DISPATCH = `
  SELECT position::text, (
           SELECT array_agg(DISTINCT type) FROM (${WANTING}) wanting CROSS JOIN LATERAL unnest(wanting.event_types) type
         ) AS types
    FROM hub.webhook_dispatch FOR UPDATE SKIP LOCKED`;

/** $1 up to */
export const MOVE_DISPATCH = `UPDATE hub.webhook_dispatch SET position = $1 WHERE position < $1`;

/**
 * $1 after, $2 up to, $3 types that any webhook wants, which keep the other events out before anything is joined. The stretch is read
 * once, however many webhooks there are. Of the events of a consent only the first may be sent, and only where none before it is
 * still to be delivered.
 */
export const MAKE_DELIVERIES = `
  WITH wanting AS MATERIALIZED (${WANTING}), published AS MATERIALIZED (
    SELECT event.* FROM ${EVENTS_BETWEEN('$1::bigint', '$2::bigint')} event WHERE event.event_type = ANY ($3::text[])
  ), wanted AS (
    SELECT wanting.id AS webhook_id, published.* FROM published
      JOIN wanting ON published.event_type = ANY (wanting.event_types) AND published.position > wanting.starts_after
                  AND (wanting.sees_all OR published.api_client_id = wanting.api_client_id)
  )
  INSERT INTO hub.webhook_delivery (webhook_id, position, consent_id, event_id, event_type, is_head, due_at)
  SELECT webhook_id, position, consent_id, event_id, event_type,
         consent_id IS NULL OR (
           row_number() OVER (PARTITION BY webhook_id, consent_id ORDER BY position) = 1 AND NOT EXISTS (
             SELECT FROM hub.webhook_delivery earlier
              WHERE earlier.webhook_id = wanted.webhook_id AND earlier.consent_id = wanted.consent_id
                AND earlier.state = 'pending'
           )
         ), now()
    FROM wanted
  ON CONFLICT (webhook_id, position) DO NOTHING`;

/**
 * $1 lease, $2 seconds that it lasts, $3 how many a webhook may have claimed here, $4 and $5 webhooks and how many of theirs are
 * claimed. Each webhook has an index range of its own, in which nothing stands that may not be sent.
 */
export const CLAIM_DELIVERIES = `
  WITH room AS MATERIALIZED (
    SELECT wanting.id, $3::integer - coalesce(held.count, 0) AS free
      FROM (${WANTING}) wanting LEFT JOIN unnest($4::uuid[], $5::integer[]) AS held (id, count) ON held.id = wanting.id
     WHERE $3::integer > coalesce(held.count, 0)
  ), due AS MATERIALIZED (
    SELECT claimable.webhook_id, claimable.position FROM room CROSS JOIN LATERAL (
      SELECT d.webhook_id, d.position FROM hub.webhook_delivery d
       WHERE d.webhook_id = room.id AND d.state = 'pending' AND d.is_head AND d.due_at <= now()
       ORDER BY d.due_at LIMIT room.free FOR UPDATE SKIP LOCKED
    ) claimable
  )
  UPDATE hub.webhook_delivery d
     SET lease = $1::uuid, attempts = d.attempts + 1, due_at = now() + make_interval(secs => $2::double precision)
    FROM due JOIN hub.webhook w ON w.id = due.webhook_id
   WHERE d.webhook_id = due.webhook_id AND d.position = due.position
  RETURNING d.webhook_id, d.position::text, d.event_id, d.attempts, extract(epoch FROM now())::double precision AS now_seconds`;

/** $1 lease, $2 webhooks, $3 positions: of attempts that were not made. */
export const RELEASE_DELIVERIES = `
  UPDATE hub.webhook_delivery d SET lease = NULL, attempts = d.attempts - 1, due_at = now()
    FROM unnest($2::uuid[], $3::bigint[]) AS unused (webhook_id, position)
   WHERE d.webhook_id = unused.webhook_id AND d.position = unused.position AND d.lease = $1::uuid`;

/**
 * $1 webhooks, $2 positions, $3 leases, $4 results (`delivered`, `failed`, `pending`, `skipped`), $5 seconds until the next attempt,
 * $6 statuses, $7 errors. A lease that another hub has taken over settles nothing. The next event of each consent may be sent.
 */
export const SETTLE_DELIVERIES = `
  WITH ended AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::double precision[], $6::integer[], $7::text[])
      AS ended (webhook_id, position, lease, result, seconds, status, error)
  ), settled AS (
    UPDATE hub.webhook_delivery d
       SET state = ended.result, lease = NULL, is_head = ended.result = 'pending',
           due_at = now() + make_interval(secs => coalesce(ended.seconds, 0)),
           last_status = ended.status, last_error = ended.error,
           ended_at = CASE WHEN ended.result <> 'pending' THEN now() END
      FROM ended
     WHERE d.webhook_id = ended.webhook_id AND d.position = ended.position AND d.lease = ended.lease
       AND ended.result <> 'skipped'
    RETURNING d.webhook_id, d.consent_id, d.position, d.state
  ), removed AS (
    DELETE FROM hub.webhook_delivery d USING ended
     WHERE d.webhook_id = ended.webhook_id AND d.position = ended.position AND d.lease = ended.lease
       AND ended.result = 'skipped'
    RETURNING d.webhook_id, d.consent_id, d.position, 'skipped' AS state
  ), over AS MATERIALIZED (
    SELECT * FROM settled WHERE state <> 'pending' UNION ALL SELECT * FROM removed
  ), next AS (
    SELECT following.webhook_id, following.position FROM over CROSS JOIN LATERAL (
      SELECT d.webhook_id, d.position FROM hub.webhook_delivery d
       WHERE d.webhook_id = over.webhook_id AND d.consent_id = over.consent_id AND d.state = 'pending'
         AND d.position <> over.position
       ORDER BY d.position LIMIT 1
    ) following
  ), unblocked AS (
    UPDATE hub.webhook_delivery d SET is_head = true, due_at = now() FROM next
     WHERE d.webhook_id = next.webhook_id AND d.position = next.position
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM unblocked)::int AS unblocked`;

/**
 * $1 webhooks, $2 whether any delivery succeeded, $3 whether the receiver said that it is gone, $4 days after which one that only
 * failed is disabled. Most rows stay as they are, and are not written.
 */
export const NOTE_HEALTH = `
  WITH seen AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::boolean[], $3::boolean[]) AS seen (id, has_succeeded, is_gone)
  ), changed AS MATERIALIZED (
    SELECT w.id, seen.has_succeeded,
           CASE WHEN seen.is_gone THEN 'gone'
                WHEN NOT seen.has_succeeded AND w.failing_since <= now() - make_interval(days => $4) THEN 'failing' END AS reason
      FROM hub.webhook w JOIN seen ON seen.id = w.id
     WHERE w.state = 'enabled' AND w.deleted_at IS NULL
       AND (seen.is_gone OR (seen.has_succeeded AND w.failing_since IS NOT NULL)
            OR (NOT seen.has_succeeded AND (w.failing_since IS NULL OR w.failing_since <= now() - make_interval(days => $4))))
     ORDER BY w.id FOR NO KEY UPDATE OF w
  )
  UPDATE hub.webhook w
     SET failing_since = CASE WHEN NOT changed.has_succeeded THEN coalesce(w.failing_since, now()) END,
         state = CASE WHEN changed.reason IS NULL THEN w.state ELSE 'disabled' END,
         disabled_reason = changed.reason, disabled_at = CASE WHEN changed.reason IS NOT NULL THEN now() END
    FROM changed WHERE w.id = changed.id AND w.state = 'enabled'
  RETURNING w.id, w.api_client_id, w.url, w.disabled_reason, w.failing_since`;

/** What a scheduled delivery begins with; one that is under way is left alone. */
const BEGIN_AGAIN = `
  state = 'pending', attempts = 0, due_at = now(), lease = NULL, ended_at = NULL, is_head = d.consent_id IS NULL`;
const NOT_UNDER_WAY = `(d.lease IS NULL OR d.due_at <= now())`;

/** $1 webhook, $2 after, $3 up to: all that it wants; $4 positions instead of that, whatever it wants. */
export const REPLAY_EVENTS = `
  WITH wanting AS MATERIALIZED (
    SELECT w.*, 'admin' = ANY (a.permissions) AS sees_all
      FROM hub.webhook w JOIN hub.api_client a ON a.id = w.api_client_id WHERE w.id = $1
  )
  INSERT INTO hub.webhook_delivery AS d (webhook_id, position, consent_id, event_id, event_type, is_head, due_at)
  SELECT wanting.id, event.position, event.consent_id, event.event_id, event.event_type, event.consent_id IS NULL, now()
    FROM ${EVENTS_BETWEEN('$2::bigint', '$3::bigint')} event
    JOIN wanting ON (wanting.sees_all OR event.api_client_id = wanting.api_client_id)
                AND ($4::bigint[] IS NOT NULL OR event.event_type = ANY (wanting.event_types))
   WHERE $4::bigint[] IS NULL OR event.position = ANY ($4::bigint[])
  ON CONFLICT (webhook_id, position) DO UPDATE SET ${BEGIN_AGAIN} WHERE ${NOT_UNDER_WAY}
  RETURNING consent_id`;

/** $1 webhook, $2 given up until then, $3 how many */
export const REPLAY_FAILED = `
  WITH given_up AS MATERIALIZED (
    SELECT f.webhook_id, f.position FROM hub.webhook_delivery f
     WHERE f.webhook_id = $1 AND f.state = 'failed' AND f.ended_at <= $2::timestamptz ORDER BY f.position LIMIT $3 FOR UPDATE
  )
  UPDATE hub.webhook_delivery d SET ${BEGIN_AGAIN} FROM given_up
   WHERE d.webhook_id = given_up.webhook_id AND d.position = given_up.position
  RETURNING d.consent_id`;

/** $1 webhook, $2 consents: which of their deliveries may be sent: the one that is under way, or else the first. */
export const CHOOSE_HEADS = `
  WITH chosen AS MATERIALIZED (
    SELECT DISTINCT ON (consent_id) consent_id, position FROM hub.webhook_delivery
     WHERE webhook_id = $1 AND state = 'pending' AND consent_id = ANY ($2::uuid[])
     ORDER BY consent_id, lease IS NULL, position
  )
  UPDATE hub.webhook_delivery d SET is_head = d.position = chosen.position FROM chosen
   WHERE d.webhook_id = $1 AND d.state = 'pending' AND d.consent_id = chosen.consent_id
     AND d.is_head <> (d.position = chosen.position)`;

/** $1 days, $2 how many */
export const PRUNE_DELIVERIES = `
  WITH old AS MATERIALIZED (
    SELECT webhook_id, position FROM hub.webhook_delivery
     WHERE state <> 'pending' AND ended_at < now() - make_interval(days => $1)
     ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED
  ), pruned AS (
    DELETE FROM hub.webhook_delivery d USING old WHERE d.webhook_id = old.webhook_id AND d.position = old.position RETURNING 1
  )
  SELECT count(*)::int AS count FROM pruned`;

/** A client that is revoked stays so: its webhooks are deleted like those that it deletes itself. */
export const DELETE_REVOKED = `
  UPDATE hub.webhook w
     SET deleted_at = now(), secret = NULL, former_secret = NULL, former_secret_until = NULL
    FROM hub.api_client a
   WHERE a.id = w.api_client_id AND a.revoked_at IS NOT NULL AND w.deleted_at IS NULL`;

/** $1 how many: deliveries of webhooks that were deleted. */
export const REMOVE_DELIVERIES = `
  WITH orphaned AS MATERIALIZED (
    SELECT d.webhook_id, d.position
      FROM (SELECT id FROM hub.webhook WHERE deleted_at IS NOT NULL) w
     CROSS JOIN LATERAL (
       SELECT webhook_id, position FROM hub.webhook_delivery WHERE webhook_id = w.id ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED
     ) d
     LIMIT $1
  ), removed AS (
    DELETE FROM hub.webhook_delivery d USING orphaned
     WHERE d.webhook_id = orphaned.webhook_id AND d.position = orphaned.position RETURNING 1
  )
  SELECT count(*)::int AS count FROM removed`;

/**
 * The rows of webhooks that were deleted, once nothing is left of them. With the lock of those who make deliveries: who has it now sees
 * that the webhook is deleted, and makes none. No foreign key says so.
 */
export const REMOVE_WEBHOOKS = `
  DELETE FROM hub.webhook w
   WHERE w.deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM hub.webhook_delivery d WHERE d.webhook_id = w.id)`;

/** $1 at most so many are counted. Of enabled webhooks: what waits for a disabled one waits for its client. */
export const READ_FIGURES = `
  WITH enabled AS MATERIALIZED (SELECT id FROM (${WANTING}) wanting)
  SELECT (SELECT count(*)::int FROM (
            SELECT FROM enabled JOIN hub.webhook_delivery d ON d.webhook_id = enabled.id AND d.state = 'pending' LIMIT $1
          ) waiting) AS pending,
         coalesce(extract(epoch FROM now() - (
           SELECT min(oldest.created_at) FROM enabled CROSS JOIN LATERAL (
             SELECT d.created_at FROM hub.webhook_delivery d WHERE d.webhook_id = enabled.id AND d.state = 'pending'
              ORDER BY d.position LIMIT 1
           ) oldest
         )), 0)::double precision AS oldest_seconds`;
