import { LIVE_STATES_SQL } from './domain/consent-state.js';

/*
 * Parts of statements that read or write the tables of this lib together with those of another folder, at once: what would be two
 * statements otherwise. The consent is `c` in all of them, its pair `t`. Arguments are SQL: a parameter, or a column.
 */

/** Adds the consent of a row; after `LEFT `, where there is one. */
export const JOIN_CONSENT = (id: string): string => `JOIN hub.consent c ON c.id = ${id}`;

/** Adds the pair of a row; after `LEFT `, where there is one. */
export const JOIN_PAIR = (consentId: string): string =>
  `JOIN hub.token_pair t ON t.consent_id = ${consentId}`;

/** Adds the live consent of a person, of which there is at most one for each brand and scope. */
export const JOIN_LIVE_CONSENT = (person: string): string =>
  `JOIN hub.consent c ON c.brand = ${person}.brand AND c.psu_ref = ${person}.psu_ref AND c.scope = ${person}.scope
                      AND c.state IN (${LIVE_STATES_SQL})`;

/** After `FROM`: consents whose code was not exchanged yet. */
export const AUTHORIZED_CONSENTS = `hub.consent c WHERE c.state = 'authorized'`;

/** After `FROM`: a live consent and its pair, if that is of the generation and not destroyed. */
export const LIVE_PAIR = (id: string, generation: string): string =>
  `hub.consent c JOIN hub.token_pair t ON t.consent_id = c.id
     WHERE c.id = ${id} AND c.state IN (${LIVE_STATES_SQL}) AND t.generation = ${generation} AND t.refresh_token IS NOT NULL`;

/**
 * After `FROM`: the pairs of a brand whose refresh is due, as their index has them.
 *
 * @param from those that have been due since then or later, and no others
 */
export const DUE_PAIRS = (brand: string, from?: string): string =>
  `hub.token_pair t
     WHERE t.brand = ${brand}${from === undefined ? '' : ` AND t.refresh_due_at >= ${from}`} AND t.refresh_due_at <= now()`;

/** After `FROM`: of the pairs of these consents, an array of ids, those whose refresh is due. */
export const DUE_PAIRS_OF = (consentIds: string): string =>
  `hub.token_pair t WHERE t.consent_id = ANY (${consentIds}::uuid[]) AND t.refresh_due_at <= now()`;

/** In `EXISTS`: a pair has followed the one of that generation. */
export const LATER_PAIR = (consentId: string, generation: string): string =>
  `SELECT FROM hub.token_pair t WHERE t.consent_id = ${consentId} AND t.generation > ${generation}`;

/** In `EXISTS`: the consent ended before that moment. */
export const ENDED_BEFORE = (consentId: string, moment: string): string =>
  `SELECT FROM hub.consent c WHERE c.id = ${consentId} AND c.ended_at < ${moment}`;

/** Changes when pairs are refreshed next; `FROM` and `WHERE` follow. */
export const SET_DUE_TIME = (at: string): string => `UPDATE hub.token_pair t SET refresh_due_at = ${at}`;

/**
 * Two parts of a `WITH`: the pairs of these consents that are still refreshed become due at once. A pair whose row another
 * transaction has locked is left as it is.
 *
 * @param consents a part before, with `consent_id`
 */
export const DUE_AT_ONCE = (consents: string): string => `waiting AS (
    SELECT t.consent_id FROM hub.token_pair t JOIN ${consents} ON ${consents}.consent_id = t.consent_id
     WHERE t.refresh_due_at IS NOT NULL ORDER BY t.consent_id FOR NO KEY UPDATE OF t SKIP LOCKED
  ), due AS (
    ${SET_DUE_TIME('now()')} FROM waiting WHERE t.consent_id = waiting.consent_id
  )`;

/**
 * Adds facts to timelines that change no state; rows of these columns follow, in the order of the consents. Call it with their rows
 * locked.
 */
export const INTO_TIMELINES = `INSERT INTO hub.consent_event (consent_id, type, actor, data)`;

/**
 * A value: groups of consents with one person or one account in common, as an array of arrays of ids. Names and account numbers stay
 * in the database; each consent is looked up by its id.
 *
 * @param consentIds an array of ids
 */
export const SHARING = (consentIds: string): string => `(
           SELECT coalesce(jsonb_agg(consent_ids), '[]') FROM (
             SELECT jsonb_agg(DISTINCT held.consent_id) AS consent_ids
               FROM (SELECT unnest(${consentIds}) AS id) asked
               CROSS JOIN LATERAL (
                 SELECT c.id AS consent_id, 'person' AS kind, c.psu_ref AS key FROM hub.consent c WHERE c.id = asked.id
                 UNION ALL SELECT c.id, 'iban', c.iban FROM hub.consent c WHERE c.id = asked.id AND c.iban IS NOT NULL
                 UNION ALL SELECT a.consent_id, 'iban', a.iban FROM hub.consent_account a WHERE a.consent_id = asked.id
                 UNION ALL SELECT a.consent_id, 'logical_id', a.logical_id FROM hub.consent_account a
                            WHERE a.consent_id = asked.id
               ) held
              GROUP BY kind, key HAVING count(DISTINCT held.consent_id) > 1
           ) alike)`;
