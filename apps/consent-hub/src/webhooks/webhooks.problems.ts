import type { ProblemKind } from '@consent-hub/platform';
import { EVENT_TYPE_UNKNOWN } from '../http-api/event.problems.js';

export const WEBHOOK_NOT_FOUND: ProblemKind = {
  status: 404,
  code: 'webhook_not_found',
  detail: 'There is no such webhook.',
};

export const WEBHOOK_URL_TAKEN: ProblemKind = {
  status: 409,
  code: 'webhook_url_taken',
  detail: 'The API client has a webhook with this url already.',
};

export const WEBHOOK_LIMIT_REACHED: ProblemKind = {
  status: 409,
  code: 'webhook_limit_reached',
  detail: 'The API client has 50 webhooks, and no more are allowed.',
};

export const WEBHOOK_URL_INVALID: ProblemKind = {
  status: 422,
  code: 'webhook_url_invalid',
  detail: 'Events cannot be sent to this url.',
};

export const WEBHOOK_ADDRESS_REFUSED: ProblemKind = {
  status: 422,
  code: 'webhook_address_refused',
  detail: 'The host of the url is not on the public internet: it has a private, local or reserved address.',
};

export const WEBHOOK_HOST_UNKNOWN: ProblemKind = {
  status: 422,
  code: 'webhook_host_unknown',
  detail: 'The host of the url has no address now.',
};

/** What can be wrong with a webhook that is made or changed. */
export const RECEIVER_PROBLEMS = [
  WEBHOOK_URL_TAKEN,
  WEBHOOK_URL_INVALID,
  WEBHOOK_ADDRESS_REFUSED,
  WEBHOOK_HOST_UNKNOWN,
  EVENT_TYPE_UNKNOWN,
];
