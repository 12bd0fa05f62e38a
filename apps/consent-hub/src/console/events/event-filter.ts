import { EVENT_TYPES, isEventType, type EventType, type FeedFilter } from '@consent-hub/consent';
import { UUID, type Query } from '../consents/consent-filter.js';

/** What the search form of the events holds. Empty text: not asked for. */
export interface EventFilter {
  readonly type: EventType | '';
  readonly consent: string;
}

export const TYPE_OPTIONS = EVENT_TYPES.map((type) => [type, type] as const);

const LONGEST_ID = 36;

export function readEventFilter({ type, consent }: Query): EventFilter {
  return {
    type: typeof type === 'string' && isEventType(type) ? type : '',
    consent: typeof consent === 'string' ? consent.trim().slice(0, LONGEST_ID) : '',
  };
}

/** The query that holds the filter, and nothing that is not asked for. */
export const writeEventFilter = (filter: EventFilter): URLSearchParams =>
  new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));

/** What is wrong with the id of a consent; undefined: nothing. */
export const faultOf = ({ consent }: EventFilter): string | undefined =>
  consent === '' || UUID.test(consent) ? undefined : 'This is no id of a consent.';

export const toFeedFilter = ({ type, consent }: EventFilter): FeedFilter => ({
  ...(type !== '' && { types: [type] }),
  ...(consent !== '' && { consentId: consent.toLowerCase() }),
});
