import { guide } from './guide.js';

/** Of the calls of admins. */
export const ADMINISTRATION = {
  no_answer_kept: guide(
    'no',
    'There is no token request with this Request-ID that keeps an answer.',
    'Take request_id from GET /v1/token-requests, of an item with keeps_answer.',
  ),
  no_answer_waited_for: guide(
    'no',
    'There is no token request with this Request-ID whose answer is waited for; it may have been read or given up meanwhile.',
    'See GET /v1/token-requests?status=received for those that are waited for.',
  ),
};
