import { LIVE_STATES_SQL } from '../domain/consent-state.js';
import { DOUBTFUL_REQUEST, HAS_REQUEST, KEPT_ANSWER } from '../request-conditions.js';

/** Why a consent needs attention. Text of the API: values are added, never renamed. */
export const ATTENTION_REASONS = [
  'in_doubt',
  'answer_unreadable',
  'failed',
  'expiring',
  'accounts_refused',
] as const;
export type AttentionReason = (typeof ATTENTION_REASONS)[number];

/** A failure that was not dealt with in this time no longer needs attention. */
export const FAILED_WITHIN_DAYS = 30;
export const EXPIRING_WITHIN_DAYS = 14;

/** Until when a live consent must hold not to need attention. */
export const EXPIRING_BEFORE = `now() + interval '${EXPIRING_WITHIN_DAYS} days'`;

const FAILED_AFTER = `now() - interval '${FAILED_WITHIN_DAYS} days'`;
/** The months that can hold a failure that counts; the index of the failed is by month. */
export const MONTHS_OF_FAILURE = { from: FAILED_AFTER, to: 'now()' } as const;

/** The bank refuses to return the accounts of a live consent `c`; the same text as in the index. */
export const REFUSED_ACCOUNTS = `c.accounts_refused_at IS NOT NULL AND c.state IN (${LIVE_STATES_SQL})`;

/**
 * A newer consent of the same person has replaced this one, or is about to; if that one failed, that one needs attention.
 * `OFFSET 0` makes Postgres evaluate it row by row, so that a page ends when it is full; as a join it would be evaluated for all.
 */
const REPLACED = `EXISTS (
  SELECT FROM hub.consent n
   WHERE n.psu_ref = c.psu_ref AND n.brand = c.brand AND n.scope = c.scope
     AND (n.created_at, n.id) > (c.created_at, c.id)
     AND (n.activated_at IS NOT NULL OR n.state IN ('initiated', 'authorized', 'failed'))
  OFFSET 0)`;

/** The one definition of what needs attention: a condition in SQL on a consent `c` for each reason. */
const CONDITIONS: Record<AttentionReason, string> = {
  in_doubt: `c.state IN ('authorized', ${LIVE_STATES_SQL}) AND ${HAS_REQUEST('c.id', DOUBTFUL_REQUEST)}`,
  answer_unreadable: `c.state IN ('authorized', ${LIVE_STATES_SQL}, 'failed') AND ${HAS_REQUEST('c.id', KEPT_ANSWER)}`,
  failed: `c.state = 'failed' AND c.state_reason IS DISTINCT FROM 'replaced' AND c.erased_at IS NULL
    AND c.ended_at > ${FAILED_AFTER} AND NOT ${REPLACED}`,
  expiring: `c.state IN (${LIVE_STATES_SQL}) AND c.consent_expires_at < ${EXPIRING_BEFORE}`,
  accounts_refused: REFUSED_ACCOUNTS,
};

/** A condition on a consent `c`: any of these reasons holds. */
export const needsAttention = (reasons: readonly AttentionReason[] = ATTENTION_REASONS): string =>
  `(${reasons.map((reason) => `(${CONDITIONS[reason]})`).join(' OR ')})`;

/** All reasons that hold for a consent `c`, as an array. */
export const ATTENTION = `array_remove(ARRAY[${ATTENTION_REASONS.map(
  (reason) => `CASE WHEN ${CONDITIONS[reason]} THEN '${reason}' END`,
).join(', ')}], NULL)`;

/** What the journal shows. */
export const JOURNAL_REASONS = ['in_doubt', 'answer_unreadable'] as const;
export const REQUEST_OF_REASON = { in_doubt: DOUBTFUL_REQUEST, answer_unreadable: KEPT_ANSWER } as const;
