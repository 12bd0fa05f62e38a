import type { ProblemKind } from '@consent-hub/platform';

export const EVENT_TYPE_UNKNOWN: ProblemKind = {
  status: 400,
  code: 'event_type_unknown',
  detail: 'There is no such type of events, or none that this API client may see.',
};

export const EVENT_UNKNOWN: ProblemKind = {
  status: 404,
  code: 'event_unknown',
  detail: 'There is no such event, or none that this API client may see.',
};
