import { hash } from 'node:crypto';
import { parseEventId, type EventKey } from '@consent-hub/consent';

const CURSOR = /^cur_(0|[1-9]\d{0,15})_([0-9a-f]{8})$/;

/** For the description of the API: an event id, or a cursor. */
export const AFTER_PATTERN = /^(?:evt|cur)_(?:0|[1-9]\d{0,14})_[0-9a-f]{8}$/;

/** Where a reader continues. */
export type ReadUpTo =
  | { readonly kind: 'event'; readonly key: EventKey }
  | { readonly kind: 'cursor'; readonly position: number }
  | { readonly kind: 'foreign_cursor' };

/**
 * A place in the order of all events, for a page that ends with no event of its reader. Tied to the client: with another one's it
 * would skip what the reader never saw. Nothing in it is secret and it opens no door, so its digest has no key.
 */
export const writeFeedCursor = (clientId: string, position: number): string =>
  `cur_${position}_${digestOf(clientId, position)}`;

/** @returns null for what neither an event nor a page has given */
export function readAfter(clientId: string, after: string): ReadUpTo | null {
  if (!AFTER_PATTERN.test(after)) return null;
  const key = parseEventId(after);
  if (key) return { kind: 'event', key };
  const [, digits, digest] = CURSOR.exec(after) ?? [];
  const position = Number(digits);
  return digest === digestOf(clientId, position) ? { kind: 'cursor', position } : { kind: 'foreign_cursor' };
}

const digestOf = (clientId: string, position: number): string =>
  hash('sha256', `${clientId} ${position}`, 'hex').slice(0, 8);
