/**
 * A token request is open in these: no other may be written for its consent (partial unique index). The journal is above this
 * lib, in libs/token-grant, which takes the open statuses from here: a pair that is asked for must know whether its refresh is
 * under way.
 */
export const OPEN_STATUSES = ['sent', 'received', 'in_doubt'] as const;

/** The same in SQL: `status IN (${OPEN_STATUSES_SQL})`. Constants, so that Postgres can prove the predicate of that index. */
export const OPEN_STATUSES_SQL = OPEN_STATUSES.map((status) => `'${status}'`).join(', ');
