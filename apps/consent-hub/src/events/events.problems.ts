import type { ProblemKind } from '@consent-hub/platform';

export const EVENT_CURSOR_FOREIGN: ProblemKind = {
  status: 400,
  code: 'event_cursor_foreign',
  detail: 'The cursor was given to another API client. Take next_after as it was given to this one.',
};

export const TOO_MANY_STREAMS: ProblemKind = {
  status: 429,
  code: 'too_many_streams',
  detail: 'This API client has as many streams of events open at this hub as it may. Close one first.',
};
