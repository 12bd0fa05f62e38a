import { EVENT_TYPE_SQL } from './event-types.js';
import { EVENT_ID_SQL } from './event-id.js';

/** Only the erasure is returned of an erased consent. `e` is an entry of a timeline, `c` its consent. */
const IS_TOLD = `(c.erased_at IS NULL OR e.type = 'erased')`;

/**
 * After `FROM`: all events after a position up to another one, in no order, with `position`, `event_id`, `event_type`, and, but for
 * those of the hub itself, `consent_id` and `api_client_id`: the client that opened the consent. Call it with final positions only.
 *
 * @param after in SQL
 * @param upTo in SQL; included
 */
export const EVENTS_BETWEEN = (after: string, upTo: string): string => `(
    SELECT e.position, ${EVENT_ID_SQL('e.position', 'e.hash')} AS event_id, ${EVENT_TYPE_SQL} AS event_type,
           e.consent_id, c.opened_by AS api_client_id
      FROM hub.consent_event e JOIN hub.consent c ON c.id = e.consent_id
     WHERE e.position > ${after} AND e.position <= ${upTo} AND ${EVENT_TYPE_SQL} IS NOT NULL AND ${IS_TOLD}
    UNION ALL
    SELECT h.position, ${EVENT_ID_SQL('h.position', 'h.hash')}, h.type, NULL, NULL
      FROM hub.hub_event h WHERE h.position > ${after} AND h.position <= ${upTo})`;

/** $1 after, $2 up to, $3 how many, $4 types or null, $5 API client or null, $6 consent or null */
const SOUGHT_IN_TIMELINES = (rest: string): string => `
    SELECT e.position, e.hash, ${EVENT_TYPE_SQL} AS type, e.consent_id, e.seq, e.at, e.from_state, e.to_state, e.reason, e.actor,
           e.data, c.opened_by
      FROM hub.consent_event e JOIN hub.consent c ON c.id = e.consent_id
     WHERE e.position > $1 AND e.position <= $2 AND ${IS_TOLD} AND ${EVENT_TYPE_SQL} IS NOT NULL
       AND ($4::text[] IS NULL OR ${EVENT_TYPE_SQL} = ANY ($4::text[])) AND ($5::uuid IS NULL OR c.opened_by = $5::uuid)
       ${rest}`;

/** In which state a consent was when an entry that changed none was written. */
const STATE_THEN = `
  LEFT JOIN LATERAL (
    SELECT before.to_state, before.reason FROM hub.consent_event before
     WHERE found.to_state IS NULL AND before.consent_id = found.consent_id AND before.seq < found.seq AND before.to_state IS NOT NULL
     ORDER BY before.seq DESC LIMIT 1
  ) earlier ON true`;

const COLUMNS = `
  SELECT found.position::text, ${EVENT_ID_SQL('found.position', 'found.hash')} AS id, found.type, found.consent_id, found.at,
         found.from_state, coalesce(found.to_state, earlier.to_state) AS state,
         CASE WHEN found.to_state IS NULL THEN earlier.reason ELSE found.reason END AS reason, found.actor, found.data,
         found.opened_by
    FROM found ${STATE_THEN}`;

const HUB_COLUMNS = `
    SELECT h.position, h.hash, h.type, NULL::uuid, NULL::integer, h.at, NULL, NULL, NULL, NULL, h.data, NULL::uuid
      FROM hub.hub_event h`;

type Order = 'ASC' | 'DESC';

/** Both tables are read in the order of positions, and no further than the page goes. */
const pageOfAll = (order: Order): string => `
  WITH found AS (
    (${SOUGHT_IN_TIMELINES(`AND $6::uuid IS NULL ORDER BY e.position ${order} LIMIT $3`)})
    UNION ALL
    (${HUB_COLUMNS}
     WHERE h.position > $1 AND h.position <= $2 AND $5::uuid IS NULL AND $6::uuid IS NULL
       AND ($4::text[] IS NULL OR h.type = ANY ($4::text[]))
     ORDER BY h.position ${order} LIMIT $3)
    ORDER BY position ${order} LIMIT $3
  ) ${COLUMNS} ORDER BY found.position ${order}`;
export const PAGE_OF_ALL = pageOfAll('ASC');
export const NEWEST_OF_ALL = pageOfAll('DESC');

/** Of one consent, by its timeline: it is short, whatever lies between two of its entries. */
const pageOfConsent = (order: Order): string => `
  WITH found AS (
    ${SOUGHT_IN_TIMELINES(`AND e.consent_id = $6::uuid ORDER BY e.seq ${order} LIMIT $3`)}
  ) ${COLUMNS} ORDER BY found.position ${order}`;
export const PAGE_OF_CONSENT = pageOfConsent('ASC');
export const NEWEST_OF_CONSENT = pageOfConsent('DESC');

/** $1 positions */
export const EVENTS_AT = `
  WITH found AS (
    SELECT e.position, e.hash, ${EVENT_TYPE_SQL} AS type, e.consent_id, e.seq, e.at, e.from_state, e.to_state, e.reason, e.actor,
           e.data, c.opened_by
      FROM hub.consent_event e JOIN hub.consent c ON c.id = e.consent_id
     WHERE e.position = ANY ($1::bigint[]) AND ${IS_TOLD} AND ${EVENT_TYPE_SQL} IS NOT NULL
    UNION ALL
    ${HUB_COLUMNS} WHERE h.position = ANY ($1::bigint[])
  ) ${COLUMNS} ORDER BY found.position`;

/** $1 position, $2 mark, $3 API client or null. Also true for a consent that was erased since: its reader continues from there. */
export const IS_KNOWN = `
  SELECT 1 FROM hub.consent_event e JOIN hub.consent c ON c.id = e.consent_id
   WHERE e.position = $1 AND encode(substring(e.hash FROM 1 FOR 4), 'hex') = $2
     AND ($3::uuid IS NULL OR c.opened_by = $3::uuid)
  UNION ALL
  SELECT 1 FROM hub.hub_event h
   WHERE h.position = $1 AND encode(substring(h.hash FROM 1 FOR 4), 'hex') = $2 AND $3::uuid IS NULL`;

/**
 * The position first, then the number: the row of the sequence is read before it goes into the part, and the outer list is computed
 * for the row that comes out. `age` counts from the number that the next transaction will get; it is read once for each transaction,
 * so this is a statement of its own.
 */
export const READ_WATERMARK = `
  WITH drawn AS MATERIALIZED (
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last_position FROM hub.event_position
  )
  SELECT drawn.last_position::text, ended.below::text AS ended_below,
         (ended.below::text::bigint + age(ended.below::xid))::text AS next_transaction
    FROM drawn CROSS JOIN LATERAL (
      SELECT pg_snapshot_xmin(pg_current_snapshot()) AS below OFFSET 0
    ) ended`;
