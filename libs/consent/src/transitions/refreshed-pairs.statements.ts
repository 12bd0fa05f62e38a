import { runNamed, type NamedStatement } from '@consent-hub/platform';
import type { EntityManager } from 'typeorm';
import { fromStatesSql, LIVE_STATES } from '../domain/consent-state.js';
import type { Actor, EventData } from '../domain/transition.js';
import { GIVEN_PAIRS, pairColumns, REPLACE_PAIRS, type ArrivedPair } from './token-pair.statements.js';

/** A pair that a refresh of a live consent brought. */
export interface RefreshedPair extends ArrivedPair {
  /** Added to the timeline row. */
  readonly facts: EventData;
}

/**
 * The same columns and timeline row as a single move to `refreshed` writes, for many consents at once: pairs that arrive
 * together cost one statement and one commit. A consent that has ended, holds this generation or a later one, or whose row
 * somebody else holds, is left alone; one that was refreshed before keeps its row as it is. No two of these wait for each
 * other: the values come in the order of the consents' ids, and their rows are locked in it, one lookup each, since the planner
 * would rather read the whole table for a large batch.
 */
const REFRESH_ALL: NamedStatement = {
  name: 'refresh_all',
  text: `
  WITH given AS (${GIVEN_PAIRS}
  ), owned AS MATERIALIZED (
    SELECT given.*, c.state AS from_state FROM given CROSS JOIN LATERAL (
      SELECT state FROM hub.consent
       WHERE id = given.consent_id AND state IN (${fromStatesSql('refreshed', LIVE_STATES)}) FOR NO KEY UPDATE SKIP LOCKED
    ) c
  ), stored AS (${REPLACE_PAIRS('owned')}, g.from_state, g.nth
  ), moved AS (
    UPDATE hub.consent c SET state = 'refreshed', state_reason = NULL
      FROM stored WHERE c.id = stored.consent_id AND stored.from_state <> 'refreshed'
  ), told AS (
    INSERT INTO hub.consent_event (consent_id, type, from_state, to_state, actor, data)
    SELECT consent_id, 'state_changed', from_state, 'refreshed', $16, $17::jsonb -> (nth - 1)::integer FROM stored
  )
  SELECT consent_id FROM given WHERE nth NOT IN (SELECT nth FROM stored)`,
};

/** @returns the consents that did not get their new pair; nothing was changed about them */
export async function storeRefreshed(
  tx: EntityManager,
  pairs: readonly RefreshedPair[],
  actor: Actor,
): Promise<Set<string>> {
  const ordered = [...pairs].sort((a, b) => (a.consentId < b.consentId ? -1 : 1));
  const facts = ordered.map(({ tokens, facts }) => ({ generation: tokens.generation, ...facts }));
  const rows = await runNamed<{ consent_id: string }>(tx, REFRESH_ALL, [
    ...pairColumns(ordered),
    actor,
    JSON.stringify(facts),
  ]);
  return new Set(rows.map(({ consent_id }) => consent_id));
}
