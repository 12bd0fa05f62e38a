import { Injectable } from '@nestjs/common';
import {
  EventFeed,
  isEventType,
  VisibleConsents,
  type EventType,
  type FeedFilter,
} from '@consent-hub/consent';
import { INVALID_INPUT, Problem, type Caller } from '@consent-hub/platform';
import { EVENT_TYPE_UNKNOWN, EVENT_UNKNOWN } from '../http-api/event.problems.js';
import { EVENT_CURSOR_FOREIGN } from './events.problems.js';
import { readAfter } from './feed-cursor.js';
import type { StreamEventsRequest } from './read-events.request.js';

/** What a caller wants to read, and may. */
export interface EventSelection {
  readonly filter: FeedFilter;
  /** Events after this position; null: the caller did not say where to begin. */
  readonly after: number | null;
}

/** Decides which events a caller reads: those of the consents that it opened, an admin all. */
@Injectable()
export class EventSelections {
  constructor(
    private readonly feed: EventFeed,
    private readonly visible: VisibleConsents,
  ) {}

  /**
   * @throws Problem `event_type_unknown`, `event_unknown`, `event_cursor_foreign`
   * @throws ConsentError `consent_not_found`
   */
  async of(caller: Caller, wanted: StreamEventsRequest): Promise<EventSelection> {
    const types = wanted.type && typesOf(wanted.type);
    const apiClientId = caller.permissions.has('admin') ? undefined : caller.id;
    const consent =
      wanted.consent_id === undefined ? undefined : await this.visible.get(caller, wanted.consent_id);
    const after =
      wanted.after === undefined ? null : await this.positionOf(caller, wanted.after, apiClientId);
    return {
      filter: {
        ...(types && { types }),
        ...(apiClientId !== undefined && { apiClientId }),
        ...(consent && { consentId: consent.id }),
      },
      after,
    };
  }

  private async positionOf(caller: Caller, after: string, apiClientId?: string): Promise<number> {
    const readUpTo = readAfter(caller.id, after);
    switch (readUpTo?.kind) {
      case undefined:
        throw new Problem({
          ...INVALID_INPUT,
          errors: [{ field: 'after', detail: 'must be the id of an event, or the next_after of a page' }],
        });
      case 'foreign_cursor':
        throw new Problem(EVENT_CURSOR_FOREIGN);
      case 'cursor':
        return readUpTo.position;
      case 'event':
        if (!(await this.feed.has(readUpTo.key, apiClientId))) throw new Problem(EVENT_UNKNOWN);
        return readUpTo.key.position;
    }
  }
}

function typesOf(wanted: readonly string[]): EventType[] {
  return wanted.map((type) => {
    if (isEventType(type)) return type;
    throw new Problem({
      ...EVENT_TYPE_UNKNOWN,
      errors: [{ field: 'type', detail: 'must be a type of event that the description of the API names' }],
    });
  });
}
