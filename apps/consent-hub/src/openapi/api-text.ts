import { listBrands } from '@consent-hub/psd2-protocol';
import { MOST_PER_PAGE, USUAL_PER_PAGE } from '../consent-query/search-consents.request.js';

/** What holds for every call, for people; Markdown. */
export const API_TEXT = `Opens PSD2 consents at ${listBrands('conjunction')}, keeps their tokens fresh, and hands out access tokens.

**Callers.** Every call under \`/v1\` needs the key of an API client: \`Authorization: Bearer ch_…\`. The permission that a
call needs is in its \`security\` and in \`x-required-permission\`. A client that is no \`admin\` sees the consents that it opened;
others do not exist for it (404). Tokens are read by scope: a client may be limited to some.

**Errors** are \`application/problem+json\` (RFC 9457). Programs decide by \`code\`, which is stable; \`detail\` is for people.
\`type\` is the address of a page that
says what the code means, what to do, and whether it helps to try again ([all codes](docs/errors)); \`request_id\` names the
request. Each call lists the codes that it can answer with. Outside of any call (\`x-outside-operations\`): \`route_not_found\` for a path
that is none, \`method_not_allowed\` with \`Allow\` for a method that the path lacks, and what is said to
requests that cannot be read: no HTTP, too slow, or with headers too large.
Fields, parameters and bodies that a call does not know are refused, not ignored.

**Trying again.** An answer with \`Retry-After\` says after how many seconds to try again. \`POST /v1/consents\` can be repeated safely with an
\`Idempotency-Key\` (\`Idempotent-Replayed: true\` marks the answer of before); every other call can be repeated as it is.

**Dates** are ISO 8601 in UTC: \`2026-01-31T09:30:00.000Z\`. Parameters take any RFC 3339 date-time, or a date, which begins at
midnight UTC.

**Pages.** \`GET /v1/consents\` answers with \`items\`, newest first unless \`order\` says otherwise, and \`next_cursor\`; \`limit\` is ${USUAL_PER_PAGE} unless asked otherwise, and
${MOST_PER_PAGE} at most. Send \`next_cursor\` as \`cursor\`, with the same filters and order, until it is null. Consents that are opened in the meantime do
not shift the pages. \`GET /v1/token-requests\` and \`GET /v1/timeline/verification\` have pages of the same kind, of up to 1000,
\`GET /v1/timeline/heads\` of up to 5000. All
other lists come whole.

**Request ids.** Send \`X-Request-Id\` to find your call in the log; every answer names it, or the one that it was given.

**Growth.** Fields, codes, states and reasons may be added; none is renamed or taken away.`;

/** What belongs together. */
export const TAG_TEXTS = {
  consents: 'Open consents, follow them, end them.',
  events: 'What happened to consents: pulled, streamed, or sent to webhooks as it happens.',
  tokens: 'Access tokens for calling the bank: always valid, never refresh tokens.',
  callback: 'Where PSUs set out for the bank and come back.',
  administration:
    'For admins: calls of POST /token, verification of timelines, erasure of persons, certificates.',
  statistics: 'The hub in figures.',
  operations: 'For operators of the hub. A proxy keeps these inside.',
  description: 'What this is, and this description.',
} as const;
