import { guide } from './guide.js';

/** Problems of the calls about webhooks. */
export const WEBHOOKS = {
  webhook_not_found: guide(
    'no',
    'The API client has no webhook with this id. Those of other clients are not shown.',
    'Take the id from GET /v1/webhooks, with the key of the client that made it.',
  ),
  webhook_url_taken: guide(
    'after_change',
    'The API client has a webhook with this url already. Nothing was changed.',
    'Change that webhook, or add something to the url that distinguishes the two.',
  ),
  webhook_limit_reached: guide(
    'after_change',
    'The API client has as many webhooks as it may have. Nothing was made.',
    'Delete webhooks that are not needed; one may receive all types of events.',
  ),
  webhook_url_invalid: guide(
    'after_change',
    'Events are posted to https URLs alone, without credentials and fragment; "errors" says what is wrong. Nothing was changed.',
    'Send the url of a receiver as "errors" asks for.',
  ),
  webhook_address_refused: guide(
    'after_change',
    'The host of the url has a private, local or reserved address. Nothing was changed.',
    'Use a receiver on the public internet. Operators may allow others: WEBHOOK_ALLOW_PRIVATE.',
  ),
  webhook_host_unknown: guide(
    'yes',
    'The name of the host could not be resolved by the hub. Nothing was changed.',
    'Check the name; a new one may take minutes until it is known everywhere.',
  ),
};
