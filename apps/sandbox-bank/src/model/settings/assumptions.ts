/**
 * The open questions, where the bank's pages are silent or disagree with the recorded behaviour of the bank: one row each,
 * whose first choice is the assumption. `SANDBOX_ASSUMPTIONS` selects another choice.
 */
export const ASSUMPTION_CHOICES = {
  /** Whether the answer of token version 3 names the scope. */
  token_v3_scope: ['present', 'absent'],
  /** Type of `expires_in` at token version 3. */
  token_v3_expires_in: ['number', 'string'],
  /** Type of `expires_in` at the versions before: recorded as a string, written as a number in test doubles. */
  token_v2_expires_in: ['string', 'number'],
  /** Whether a refresh moves the end of the consent. */
  refresh_extends_consent: ['no', 'yes'],
  /** How a wrong, expired or used code, a wrong verifier and a wrong redirect URI are refused. */
  code_refusal: ['security_parameters', 'invalid_input'],
  /** How POST /token without `Authorization` is refused. */
  missing_credentials: ['missing_header', 'invalid_client'],
  /** What the reuse of a rotated refresh token does to the live token pair. */
  refresh_replay: ['keeps_pair', 'kills_pair'],
  /** Whether the access token of the previous generation stays valid after a refresh. */
  previous_access_token: ['refused', 'valid_to_its_end'],
  /** How an unknown or missing version in `Accept` is refused. */
  unknown_version: ['not_acceptable', 'invalid_header'],
  /** What `iban` does at version 4 of consent-uris. */
  iban_at_v4: ['refused', 'ignored'],
  /** Whether data calls other than payments must say `Accept-Language`. */
  accept_language: ['tolerated', 'required'],
  /** How a technical failure is reported to the callback. */
  technical_failure: ['server_error', 'temporarily_unavailable'],
  /** Whether a failed return explains itself in `error_description`. */
  error_description: ['present', 'absent'],
  /** Whether a consent URI may be opened without a `state`. */
  state: ['optional', 'required'],
  /** What happens to a query in the `Redirect-URI`. */
  redirect_query: ['kept', 'dropped'],
  /** Whether a `Redirect-URI` must be registered. */
  redirect_uri: ['registered', 'any'],
  /** The PKCE methods that are taken. */
  code_challenge_method: ['s256', 's256_or_plain'],
  /**
   * How strictly PKCE values are read. A known client of the bank encodes its SHA-256 and its verifier in the base64 of RFC
   * 4648 section 4, and uses a verifier that is shorter than in RFC 7636.
   */
  pkce_form: ['lenient', 'rfc7636'],
  /** Which part of SCA_REQUIRED holds the URL. */
  sca_url: ['url_field', 'description'],
  /** How the SCA token of a later authentication returns. */
  sca_return: ['sca_token', 'code'],
  /** The shape of GET /accounts. */
  account_list: ['array', 'object'],
  /** Type of `balance` and `multicurrency` at accounts version 3: documented as texts, recorded as a number and a boolean before. */
  account_v3_values: ['texts', 'native'],
  /** Whether the logical-ID of an account stays the same in the PSU's next consent. */
  logical_id: ['stable', 'per_consent'],
  /** How strictly `Request-ID` is read. */
  request_id: ['uuid_v4', 'uuid', 'any'],
  /** What happens to a second call with the same `Request-ID`. */
  duplicate_request_id: ['accepted', 'refused'],
  /** Whether a fifth unattended call for an account in 24 hours is refused with 429. */
  unattended_calls: ['unlimited', 'four_a_day'],
  /** Whether a payment initiation must be signed. */
  payment_signature: ['tolerated', 'required'],
} as const;

type Choices = typeof ASSUMPTION_CHOICES;
export type AssumptionName = keyof Choices;
export type Assumptions = { readonly [Name in AssumptionName]: Choices[Name][number] };

const NAMES = Object.keys(ASSUMPTION_CHOICES) as AssumptionName[];

export const ASSUMED = Object.fromEntries(
  NAMES.map((name) => [name, ASSUMPTION_CHOICES[name][0]]),
) as Assumptions;

/** Pairs `name=choice`, separated by commas. */
const pairsOf = (text: string): [name: string, choice: string][] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [name = '', choice = ''] = each.split('=', 2);
      return [name, choice];
    });

const choicesOf = (name: string): readonly string[] | undefined =>
  NAMES.some((each) => each === name) ? ASSUMPTION_CHOICES[name as AssumptionName] : undefined;

/** What is wrong with a text of assumptions, or null. */
export function faultOfAssumptions(text: string): string | null {
  const seen = new Set<string>();
  for (const [name, choice] of pairsOf(text)) {
    const choices = choicesOf(name);
    if (!choices) return `knows no assumption ${name}; there are ${NAMES.join(', ')}`;
    if (!choices.includes(choice)) return `must choose for ${name} one of ${choices.join(', ')}`;
    if (seen.has(name)) return `names ${name} twice`;
    seen.add(name);
  }
  return null;
}

/** The assumptions with the choices of a text that has no fault. */
export const readAssumptions = (text: string): Assumptions => ({
  ...ASSUMED,
  ...Object.fromEntries(pairsOf(text)),
});
