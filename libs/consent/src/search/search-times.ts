import { ORDERINGS, type Ordering } from './search-access.js';
import type { SearchCriteria } from './search-criteria.js';

interface Page {
  readonly by: Ordering;
  /** The page before ended earlier than the end of the time: of two bounds Postgres might begin at the wrong one. */
  readonly isLater: boolean;
}

/** What is asked of the moments at which a consent `c` was opened and ended. @param value makes a parameter of a value */
export function timeConditions(
  { createdFrom, createdTo, endedFrom, endedTo }: SearchCriteria,
  { by, isLater }: Page,
  value: (given: unknown) => string,
): string[] {
  const [byCreation, byEnd] = [ORDERINGS.created_at, ORDERINGS.ended_at].map((one) => by === one);
  const conditions: string[] = [];
  if (createdFrom) {
    const from = value(createdFrom);
    conditions.push(`c.created_at >= ${from}`);
    // Nothing ends before it is created: there the order begins or ends. The day is for a clock that was put back.
    if (byEnd) conditions.push(`c.ended_at > ${from}::timestamptz - interval '1 day'`);
  }
  if (createdTo && !(byCreation && isLater)) conditions.push(`c.created_at < ${value(createdTo)}`);
  if (endedFrom) conditions.push(`c.ended_at >= ${value(endedFrom)}`);
  if (endedTo && !(byEnd && isLater)) {
    const to = value(endedTo);
    conditions.push(`c.ended_at < ${to}`);
    if (byCreation && !isLater) conditions.push(`c.created_at < ${to}::timestamptz + interval '1 day'`);
  }
  return conditions;
}
