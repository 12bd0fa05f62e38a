import { guide } from './guide.js';

/** Of what the bank answered, or did not. */
export const BANK = {
  bank_access_token_refused: guide(
    'after_change',
    'The bank did not accept the access token of this consent.',
    'Refresh the consent, then try again.',
  ),
  bank_answer_unreadable: guide(
    'yes',
    'The bank answered with success, but not in the agreed form. An answer with tokens is kept.',
    'Try again later. Operators: see journal list, and journal reparse after an update.',
  ),
  bank_busy: guide('yes', 'The bank is too busy to act.', 'Wait for Retry-After.'),
  bank_client_refused: guide(
    'after_change',
    'The bank does not accept this TPP: its client id, secret, certificate or role is not in order.',
    'Operators: check the settings BANK_* and the certificate.',
  ),
  bank_consent_withdrawn: guide(
    'no',
    'The person or the bank has ended this consent.',
    'Open a new consent if the person wants it.',
  ),
  bank_outcome_unknown: guide(
    'yes',
    'The call was sent to the bank, and no usable answer came back.',
    'Try again later; reads and openings do no harm twice.',
  ),
  bank_refresh_token_refused: guide(
    'no',
    'The bank no longer accepts the refresh token of this consent.',
    'Open a new consent.',
  ),
  bank_refused: guide(
    'yes',
    'The bank refused the call for a reason that does not end the consent; "bank" holds its words.',
    'Try again later. If it stays, look up the words of the bank.',
  ),
  bank_request_refused: guide(
    'after_change',
    'The bank refused the call; "bank" holds its words, where it gave any.',
    'Look up the words of the bank, and change the request.',
  ),
  bank_security_refused: guide(
    'no',
    'The bank refused a security parameter, for instance the authorization code.',
    'Open a new consent: a code works once and for some minutes.',
  ),
  bank_unavailable: guide(
    'yes',
    'The bank cannot be reached; nothing happened there.',
    'Wait for Retry-After.',
  ),
  bank_unreachable: guide(
    'yes',
    'The bank could not be reached; nothing was sent.',
    'Wait for Retry-After. Operators: check the network and the certificates.',
  ),
};
