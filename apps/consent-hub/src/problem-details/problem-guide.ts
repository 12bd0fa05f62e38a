import { listBrands } from '@consent-hub/psd2-protocol';
import { ADMINISTRATION } from './administration.guide.js';
import { BANK } from './bank.guide.js';
import { EVENTS } from './events.guide.js';
import { guide, type ProblemGuide } from './guide.js';
import { WEBHOOKS } from './webhooks.guide.js';

const REQUEST = {
  body_too_large: guide('no', 'The body is larger than 64 KiB.', 'Send what the call asks for, and no more.'),
  cursor_invalid: guide(
    'no',
    'The cursor was not given out by this hub, or it was changed on the way.',
    'Send next_cursor as it was answered, or begin with the first page.',
  ),
  cursor_of_another_search: guide(
    'no',
    'The cursor belongs to a search with other filters or another order.',
    'Keep the filters and the order of the first page, or begin with the first page.',
  ),
  headers_too_large: guide(
    'no',
    'The headers of the request are larger than 16 KiB.',
    'Send fewer or shorter headers.',
  ),
  invalid_input: guide(
    'after_change',
    'A field, parameter or header cannot be accepted.',
    'Correct what "errors" names; unknown fields are refused as well.',
  ),
  malformed_json: guide(
    'no',
    'The body is not JSON in UTF-8, or it is nested too deep.',
    'Send one JSON object in UTF-8, as the description of the call shows it.',
  ),
  malformed_request: guide(
    'no',
    'What was sent is no HTTP request, or its body is not as long as it says.',
    'Check the HTTP client, and the proxies on the way.',
  ),
  malformed_url: guide(
    'no',
    'The path holds a percent encoding that cannot be read.',
    'Encode each part of the path as UTF-8.',
  ),
  method_not_allowed: guide(
    'no',
    'The path exists, but not for this method.',
    'Use a method that the header Allow names.',
  ),
  request_timeout: guide(
    'yes',
    'The request did not arrive in time.',
    'Send it again at once and whole; look for a slow network or a proxy that holds requests.',
  ),
  route_not_found: guide('no', 'There is nothing at this path.', 'See /docs for the calls of the hub.'),
  unsupported_media_type: guide(
    'no',
    'The body is not of a type that the hub reads.',
    'Send Content-Type: application/json.',
  ),
  url_too_long: guide('no', 'A part of the path is too long.', 'Use the ids as the hub has answered them.'),
};

const CALLER = {
  api_key_expired: guide(
    'no',
    'The key has expired, by its own end or because a newer key of the API client took over.',
    'Use the newer key, or ask an operator of the hub for one.',
  ),
  api_key_invalid: guide(
    'no',
    'The key belongs to no API client of this hub.',
    'Compare the key and the address of the hub; an operator can make a new key.',
  ),
  api_key_missing: guide(
    'no',
    'The call needs the key of an API client.',
    'Send "Authorization: Bearer ch_...".',
  ),
  api_key_revoked: guide('no', 'The key was revoked.', 'Ask an operator of the hub for a new one.'),
  foreign_client: guide(
    'after_change',
    'The search names another API client, which an admin alone may do.',
    'Leave "client" out, or name your own.',
  ),
  permission_missing: guide(
    'after_change',
    'The API client lacks the permission that "permission" names.',
    'Ask an operator of the hub for a client with this permission.',
  ),
  rate_limited: guide(
    'yes',
    'The API client makes more requests a second than it may. Nothing was done.',
    'Wait for Retry-After. If it happens often, spread the calls or ask for a higher limit.',
  ),
  scope_not_granted: guide(
    'after_change',
    'The API client may not read tokens of this scope.',
    'Ask an operator of the hub for a client with this token scope.',
  ),
  route_closed: guide(
    'no',
    'The route does not say who may call it, so no caller may. A fault of the hub.',
    'Report it with the request_id.',
  ),
  unauthorized: guide('no', 'The request is not authenticated.', 'Send the key of an API client.'),
  forbidden: guide('no', 'The request is not allowed.', 'Ask an operator of the hub.'),
};

const OPENING = {
  account_not_usable: guide(
    'after_change',
    'The bank does not allow this account for this request.',
    'Let the person choose another account.',
  ),
  code_already_used: guide(
    'no',
    'This payment code was brought before, for another person or by another client.',
    'Look for the consent that was opened with it; a new payment gives a new code.',
  ),
  iban_not_allowed: guide('after_change', 'An IBAN is for scope CAF only.', 'Leave iban out.'),
  iban_not_of_bank: guide(
    'after_change',
    `The IBAN is not of an account at ${listBrands('disjunction')}.`,
    'Check the IBAN; only accounts of these brands can be asked about.',
  ),
  iban_required: guide(
    'after_change',
    'Scope CAF is about one account, and no IBAN was given.',
    'Send iban.',
  ),
  idempotency_key_in_use: guide(
    'yes',
    'A request with this Idempotency-Key is under way.',
    'Send the same request again after Retry-After to get its answer.',
  ),
  idempotency_key_reused: guide(
    'no',
    'This Idempotency-Key was used for another request.',
    'Give every request a key of its own.',
  ),
  payment_not_bound: guide(
    'no',
    'This hub takes returns only in the browser that began at its start page, and payments do not begin there.',
    'Use a callback of your own for payments, and bring the code to POST /v1/pis-tokens.',
  ),
  prefetch_refused: guide(
    'yes',
    'A browser wanted to fetch a page for PSUs in advance. Nothing was used up.',
    'Open the page by hand.',
  ),
  return_url_not_allowed: guide(
    'after_change',
    'The API client is registered with other return URLs.',
    'Send one of them, to the letter, or ask an operator to register this one.',
  ),
};

const CONSENT = {
  consent_not_found: guide(
    'no',
    'There is no such consent, or none that this API client may see, or the person has no live one.',
    'Check the id and the key. For a person without a live consent, open one.',
  ),
  consent_not_live: guide(
    'after_change',
    'The consent has no tokens that work: "state" and "reason" say why.',
    'Do what "action" says: wait, use the successor, or open a new consent.',
  ),
  no_sca_token: guide(
    'after_change',
    'The consent has no SCA token, or its hour has passed.',
    'Let the person authenticate at the bank again: POST /v1/consents/{id}/sca-authorizations prepares it.',
  ),
  sca_for_ais_only: guide(
    'no',
    'The consent is not of scope AIS: it has no SCA tokens.',
    'Use its access token alone; a later authentication is for calls for transactions.',
  ),
  refresh_in_doubt: guide(
    'yes',
    'The answer of the bank was lost, so it is unknown whether the pair was replaced.',
    'Wait for Retry-After: the hub asks once more when that is safe.',
  ),
  refresh_in_progress: guide(
    'yes',
    'The bank has been asked and has not answered yet. The call continues.',
    'Come back after Retry-After for its result.',
  ),
  refresh_paused: guide(
    'yes',
    'The bank is asked for no tokens now: the database server has changed, or the spool cannot be written.',
    'Wait for Retry-After. Operators: see the log, and consent_hub_spool_writable.',
  ),
  refresh_too_soon: guide(
    'yes',
    'The tokens were refreshed on request less than REFRESH_MIN_INTERVAL_SECONDS ago.',
    'Read the access token instead. If the bank refuses that one as well, wait for Retry-After.',
  ),
};

const HUB = {
  database_unavailable: guide(
    'yes',
    'The database of the hub is away or too busy.',
    'Wait for Retry-After. Operators: see /health/ready and the log.',
  ),
  internal_error: guide(
    'yes',
    'The hub failed on this request.',
    'Try once more; report it with the request_id, under which the log holds the reason.',
  ),
  not_found: guide('no', 'What was asked for does not exist.', 'Check the path and the ids.'),
  not_ready: guide(
    'yes',
    'This instance takes no requests: it starts or stops, or its database or spool is not in order.',
    'Send requests to another instance; "detail" says what is wrong.',
  ),
  service_unavailable: guide('yes', 'The hub cannot serve this now.', 'Try again later.'),
};

/** What each code means, by what it is about, in the order in which the pages show it. */
export const PROBLEM_GROUPS: readonly {
  readonly title: string;
  readonly guides: Readonly<Record<string, ProblemGuide>>;
}[] = [
  { title: 'The caller', guides: CALLER },
  { title: 'The request', guides: REQUEST },
  { title: 'Opening a consent', guides: OPENING },
  { title: 'A consent and its tokens', guides: CONSENT },
  { title: 'The bank', guides: BANK },
  { title: 'Events', guides: EVENTS },
  { title: 'Webhooks', guides: WEBHOOKS },
  { title: 'Administration', guides: ADMINISTRATION },
  { title: 'The hub', guides: HUB },
];

/** What each code means that the hub can answer with. One table: the pages at `/docs/errors` and `/docs/problems` show it. */
export const PROBLEM_GUIDE: Readonly<Record<string, ProblemGuide>> = Object.assign(
  {},
  ...PROBLEM_GROUPS.map(({ guides }) => guides),
) as Record<string, ProblemGuide>;
