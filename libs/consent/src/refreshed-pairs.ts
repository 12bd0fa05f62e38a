import { runNamed, type NamedStatement } from '@consent-hub/platform';
import type { EntityManager } from 'typeorm';
import type { Actor, EventData } from './domain/transition.js';
import { GIVEN_PAIRS, pairColumns, REPLACE_PAIRS, type ArrivedPair } from './token-set.writer.js';

/** A pair that a refresh of a live consent brought. */
export interface RefreshedPair extends ArrivedPair {
  /** Added to the timeline row. */
  readonly facts: EventData;
}

/**
 * The same columns and timeline row as a single move to `refreshed` writes, for many consents at once: pairs that arrive
 * together cost one statement and one commit. Rows are locked in the order of their ids, so that no two of these wait for
 * each other. A consent that has ended, or holds another generation, is left alone.
 */
const REFRESH_ALL: NamedStatement = {
  name: 'refresh_all',
  text: `
  WITH given AS (${GIVEN_PAIRS}
  ), owned AS MATERIALIZED (
    SELECT c.id, c.state FROM hub.consent c JOIN given ON given.consent_id = c.id
     WHERE c.state IN ('active', 'refreshed') ORDER BY c.id FOR NO KEY UPDATE OF c
  ), owned_pairs AS MATERIALIZED (
    SELECT t.consent_id FROM hub.token_set t JOIN owned ON owned.id = t.consent_id
     ORDER BY t.consent_id FOR NO KEY UPDATE OF t
  ), ready AS (
    SELECT given.* FROM given JOIN owned_pairs ON owned_pairs.consent_id = given.consent_id
  ), stored AS (${REPLACE_PAIRS('ready')}
  ), moved AS (
    UPDATE hub.consent c SET state = 'refreshed', state_reason = NULL, refreshed_at = now()
      FROM stored JOIN owned ON owned.id = stored.consent_id
     WHERE c.id = stored.consent_id
    RETURNING c.id, owned.state AS from_state
  ), told AS (
    INSERT INTO hub.consent_event (consent_id, type, from_state, to_state, actor, data)
    SELECT moved.id, 'state_changed', moved.from_state, 'refreshed', $14, fact.data
      FROM moved JOIN unnest($1::uuid[], $15::jsonb[]) AS fact (consent_id, data) ON fact.consent_id = moved.id
  )
  SELECT id FROM moved`,
};

/** @returns the consents that hold their new pair; nothing was changed about the others */
export async function storeRefreshed(
  tx: EntityManager,
  pairs: readonly RefreshedPair[],
  actor: Actor,
): Promise<Set<string>> {
  const facts = pairs.map(({ tokens, facts }) => JSON.stringify({ generation: tokens.generation, ...facts }));
  const rows = await runNamed<{ id: string }>(tx, REFRESH_ALL, [...pairColumns(pairs), actor, facts]);
  return new Set(rows.map(({ id }) => id));
}
