import { plainArray, runNamed, type NamedStatement } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import type { EntityManager } from 'typeorm';
import { fromStatesSql, LIVE_STATES } from '../domain/consent-state.js';
import {
  DEFAULT_SCHEDULE,
  type Actor,
  type EventData,
  type RefreshSchedule,
  type SealedTokenPair,
} from '../domain/transition.js';

/** A pair on its way into the database. */
interface ArrivedPair {
  readonly consentId: string;
  readonly tokens: SealedTokenPair;
}

/** A pair that a refresh of a live consent brought. */
export interface RefreshedPair extends ArrivedPair {
  /** Added to the timeline row. */
  readonly facts: EventData;
}

/** A refresh that brought no pair; the pair it was to replace is kept and tried again. */
export interface FailedRefresh {
  readonly consentId: string;
  readonly generation: number;
  readonly schedule: RefreshSchedule;
  /** The end of a lease: no process may spend the token before. */
  readonly notBefore?: Date;
  /** What the bank asked for. */
  readonly retryAfterSeconds?: number;
}

/** The first failure waits up to this long, each further one up to twice as long as the one before. */
const FIRST_BACKOFF_SECONDS = 10;
const LONGEST_BACKOFF_SECONDS = 900;

/**
 * Values of `GIVEN_PAIRS`: one array a column, and the schedule of them all. The sealed tokens come as one value, one after the
 * other, with their offsets: an array of byte strings would be sent as text, and take longer to read than anything else here.
 * Dates come as milliseconds for a similar reason.
 */
function pairColumns(pairs: readonly ArrivedPair[]): unknown[] {
  const { aheadSeconds, idleHours, keepaliveHours } = pairs[0]?.tokens.schedule ?? DEFAULT_SCHEDULE;
  const column = <T>(of: (tokens: SealedTokenPair) => T): T[] => pairs.map(({ tokens }) => of(tokens));
  const numbers = (of: (tokens: SealedTokenPair) => number): string => plainArray(column(of));
  let next = 1;
  return [
    plainArray(pairs.map(({ consentId }) => consentId)),
    numbers(({ generation }) => generation),
    Buffer.concat(pairs.flatMap(({ tokens: { accessToken, refreshToken } }) => [accessToken, refreshToken])),
    numbers(({ accessToken, refreshToken }) => {
      const begin = next;
      next += accessToken.length + refreshToken.length;
      return begin;
    }),
    numbers(({ accessToken }) => accessToken.length),
    numbers(({ refreshToken }) => refreshToken.length),
    column(({ keyId }) => keyId),
    numbers(({ issuedAt }) => issuedAt.getTime()),
    numbers(({ expiresInSeconds }) => expiresInSeconds),
    column(({ logicalId }) => logicalId ?? null),
    column(({ scaToken }) => (scaToken ? Buffer.from(scaToken.value) : null)),
    column(({ scaToken }) => scaToken?.expiresInSeconds ?? null),
    aheadSeconds,
    idleHours,
    keepaliveHours,
  ];
}

/** The pairs of `pairColumns` as rows, numbered in their order, parameters $1 to $12. */
const GIVEN_PAIRS = `
  SELECT consent_id, generation, substr($3::bytea, begins_at, access_length) AS access_token,
         substr($3, begins_at + access_length, refresh_length) AS refresh_token, key_id, to_timestamp(issued_ms / 1000) AS issued_at,
         to_timestamp(issued_ms / 1000 + life) AS access_expires_at, logical_id, sca_token,
         to_timestamp(issued_ms / 1000 + sca_life) AS sca_token_expires_at, nth
    FROM unnest($1::uuid[], $2::integer[], $4::integer[], $5::integer[], $6::integer[], $7::text[], $8::double precision[],
                $9::double precision[], $10::text[], $11::bytea[], $12::double precision[]) WITH ORDINALITY
      AS pair (consent_id, generation, begins_at, access_length, refresh_length, key_id, issued_ms, life, logical_id,
               sca_token, sca_life, nth)`;

const SCHEDULE = `$13::double precision, $14::double precision, $15::double precision`;

/**
 * Each pair takes the place of an older one: of its predecessor, or, where a restore has set the database back, of one further
 * back, since the latest pair is the one that lives at the bank. A refresh brings no SCA token and need not repeat the logical-ID:
 * what is known stays until its own end.
 */
const REPLACE_PAIRS = (given: string): string => `
  UPDATE hub.token_pair t
     SET generation = g.generation, access_token = g.access_token, refresh_token = g.refresh_token, key_id = g.key_id,
         issued_at = g.issued_at, access_expires_at = g.access_expires_at,
         logical_id = coalesce(g.logical_id, t.logical_id),
         sca_token = coalesce(g.sca_token, t.sca_token),
         sca_token_expires_at = coalesce(g.sca_token_expires_at, t.sca_token_expires_at),
         refresh_due_at = hub.refresh_due(g.issued_at, g.access_expires_at, t.last_used_at, ${SCHEDULE}),
         refresh_failures = 0, refreshed_at = now()
    FROM ${given} g
   WHERE t.consent_id = g.consent_id AND t.generation < g.generation AND t.refresh_token IS NOT NULL
  RETURNING t.consent_id`;

const INSERT_FIRST_PAIR = `
  INSERT INTO hub.token_pair (consent_id, brand, generation, access_token, refresh_token, key_id, issued_at,
         access_expires_at, logical_id, sca_token, sca_token_expires_at, last_used_at, refresh_due_at)
  SELECT consent_id, $16, generation, access_token, refresh_token, key_id, issued_at, access_expires_at, logical_id,
         sca_token, sca_token_expires_at, now(), hub.refresh_due(issued_at, access_expires_at, now(), ${SCHEDULE})
    FROM given
  ON CONFLICT DO NOTHING RETURNING consent_id`;

/**
 * Stores the first pair of a consent. It need not be the first that the bank granted: a restored database may have forgotten
 * those before, or know only an older one, whose place it takes.
 *
 * @returns false when that generation or a later one is there; nothing was changed then
 */
export async function storePair(tx: EntityManager, pair: ArrivedPair, brand: Brand): Promise<boolean> {
  return (await replacePair(tx, pair)) || store(tx, INSERT_FIRST_PAIR, pair, brand);
}

/**
 * Stores a pair in the place of an older one.
 *
 * @returns false when there is none, or that generation or a later one; nothing was changed then
 */
export const replacePair = (tx: EntityManager, pair: ArrivedPair): Promise<boolean> =>
  store(tx, REPLACE_PAIRS('given'), pair);

async function store(
  tx: EntityManager,
  statement: string,
  pair: ArrivedPair,
  ...values: unknown[]
): Promise<boolean> {
  const rows = await tx.query<object[]>(
    `WITH given AS (${GIVEN_PAIRS}), stored AS (${statement}) SELECT consent_id FROM stored`,
    [...pairColumns([pair]), ...values],
  );
  return rows.length === 1;
}

/**
 * The same columns and timeline row as a single move to `refreshed` writes, for many consents at once: pairs that arrive
 * together cost one statement and one commit. A consent that has ended, holds this generation or a later one, or whose row
 * another transaction has locked, is not changed; one that was refreshed before keeps its row as it is. No two of these wait for each
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
  ), recorded AS (
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

/** Destroys the values of a pair (`UPDATE hub.token_pair SET …`); generation, dates and logical-ID stay readable. */
export const DESTROY_PAIR =
  'access_token = NULL, refresh_token = NULL, sca_token = NULL, sca_token_expires_at = NULL, refresh_due_at = NULL';

/** Destroys the values of the pair of one consent. */
export async function destroyPair(tx: EntityManager, consentId: string): Promise<void> {
  await tx.query(`UPDATE hub.token_pair SET ${DESTROY_PAIR} WHERE consent_id = $1`, [consentId]);
}

/** Keeps a pair, and refreshes it no more. */
export async function retirePair(tx: EntityManager, consentId: string): Promise<void> {
  await tx.query(`UPDATE hub.token_pair SET refresh_due_at = NULL WHERE consent_id = $1`, [consentId]);
}

/**
 * Moves the next refresh of a pair by exponential back-off with full jitter. A pair in use is tried again before its access
 * token ends, at ever shorter distances.
 */
export async function postponeRefresh(tx: EntityManager, failed: FailedRefresh): Promise<void> {
  const { consentId, generation, schedule, notBefore = null, retryAfterSeconds = 0 } = failed;
  await tx.query(
    `UPDATE hub.token_pair
        SET refresh_failures = refresh_failures + 1,
            refresh_due_at = greatest(
              $3::timestamptz,
              now() + make_interval(secs => $4::double precision),
              now() + make_interval(secs => 1 + random() * least(
                $5::double precision * 2 ^ least(refresh_failures, 16),
                $6::double precision,
                CASE WHEN last_used_at > now() - make_interval(secs => $7::double precision * 3600)
                          AND access_expires_at > now()
                  THEN greatest($5::double precision, extract(epoch FROM access_expires_at - now()) / 2) END
              ))
            )
      WHERE consent_id = $1 AND generation = $2 AND refresh_due_at IS NOT NULL`,
    [
      consentId,
      generation,
      notBefore,
      retryAfterSeconds,
      FIRST_BACKOFF_SECONDS,
      LONGEST_BACKOFF_SECONDS,
      schedule.idleHours,
    ],
  );
}
