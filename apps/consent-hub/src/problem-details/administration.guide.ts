import { guide } from './guide.js';

/** Problems of the calls of admins, and of readers of the figures. */
export const ADMINISTRATION = {
  person_unknown: guide(
    'no',
    'No consent was opened under this name, at the brand that was named; or the person was erased already.',
    'Check psu_ref and brand.',
  ),
  consents_not_ended: guide(
    'after_change',
    'Consents of the person have not ended: "consents" names them. Nothing was erased.',
    'Revoke them first, or send "revoke": true to have them ended.',
  ),
  call_under_way: guide(
    'yes',
    'The bank is being asked for the tokens of "consents", and its answer must be known first. Nothing was erased.',
    'Try again in some minutes.',
  ),
  vault_key_not_found: guide(
    'no',
    'The vault has no key with this id.',
    'Take the id from GET /v1/vault-keys.',
  ),
  vault_key_seals: guide(
    'after_change',
    'The key seals values, or is announced and about to.',
    'POST /v1/vault-keys/rotate first, and wait until another key is current.',
  ),
  vault_key_in_use: guide(
    'after_change',
    'Values were sealed with the key that are still stored, or it has wrapped data keys: "uses" counts them.',
    'POST /v1/vault-keys/reseal, and wait for its end. Spooled answers go by themselves, HUB_SPOOL_RETENTION_MINUTES after the last one.',
  ),
  no_data_key: guide(
    'after_change',
    'Values are sealed with a key of HUB_VAULT_KEYS itself: no data key was made so far.',
    'POST /v1/vault-keys/rotate first.',
  ),
  vault_kek_unavailable: guide(
    'yes',
    'What holds the key-encryption key cannot be reached, or refuses. Tokens are served all the same.',
    'Operators: see the log, and the settings VAULT_KEK_*.',
  ),
  no_answer_kept: guide(
    'no',
    'There is no token request with this Request-ID that keeps an answer.',
    'Take request_id from GET /v1/token-requests, of an item with keeps_answer.',
  ),
  no_answer_waited_for: guide(
    'no',
    'There is no token request with this Request-ID whose answer is waited for; it may have been read or given up in the meantime.',
    'See GET /v1/token-requests?status=received for those that are waited for.',
  ),
  month_not_over: guide(
    'after_change',
    'Entries of this month may still be written, until a day after its end. Months are those of UTC.',
    'Export a month that ended at least a day ago.',
  ),
  metrics_token_wrong: guide(
    'after_change',
    'The figures of this hub are for callers that have its token for them.',
    'Send the value of HUB_METRICS_TOKEN as bearer token.',
  ),
  metrics_elsewhere: guide(
    'no',
    'This hub serves its figures on a port of their own.',
    'Read /metrics at HUB_METRICS_PORT.',
  ),
};
