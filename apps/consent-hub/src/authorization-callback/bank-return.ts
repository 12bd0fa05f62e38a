import { Secret } from '@consent-hub/psd2-protocol';

/** What the bank sent back with the PSU (RFC 6749, sections 4.1.2 and 4.1.2.1). */
export type BankReturn =
  | { readonly kind: 'code'; readonly state: Secret; readonly code: Secret }
  /** From an authentication after the one that gave the consent (bank page "Flows" of the accounts API); assumed to come so. */
  | { readonly kind: 'sca_token'; readonly state: Secret; readonly scaToken: Secret }
  | { readonly kind: 'error'; readonly state: Secret; readonly error: string }
  /** Neither code nor error. Assumed a failure: the bank's page is silent. */
  | { readonly kind: 'bare'; readonly state: Secret };

export const MAX_LENGTH = 4096;
/** RFC 6749, appendix A.5 and A.11: `state` and `code` are made of visible ASCII characters and spaces. */
export const VISIBLE = /^[\x20-\x7e]+$/;

/** The form of error words; any other value could bring the bank's free text into the timeline. */
const ERROR_WORD = /^[a-zA-Z0-9_.-]{1,64}$/;

/**
 * Reads the query of a return.
 *
 * @returns null when the query is ambiguous: no state, a parameter given twice, code and error at once
 */
export function readBankReturn(query: Readonly<Record<string, unknown>>): BankReturn | null {
  const [state, code, error, scaToken] = ['state', 'code', 'error', 'sca_token'].map((name) =>
    valueOf(query[name]),
  );
  if (!isValue(state) || (code !== undefined && error !== undefined)) return null;
  if (code !== undefined)
    return isValue(code) ? { kind: 'code', state: new Secret(state), code: new Secret(code) } : null;
  if (error === undefined && scaToken !== undefined) {
    if (!isValue(scaToken)) return null;
    return { kind: 'sca_token', state: new Secret(state), scaToken: new Secret(scaToken) };
  }
  if (error === undefined) return { kind: 'bare', state: new Secret(state) };
  if (typeof error !== 'string') return null;
  return { kind: 'error', state: new Secret(state), error: ERROR_WORD.test(error) ? error : 'unreadable' };
}

/** A parameter without a value counts as omitted (RFC 6749, section 3.1). */
const valueOf = (parameter: unknown): unknown => (parameter === '' ? undefined : parameter);

/** A parameter given twice arrives as a list; there must not be one (RFC 6749, section 3.1). */
const isValue = (parameter: unknown): parameter is string =>
  typeof parameter === 'string' && parameter.length <= MAX_LENGTH && VISIBLE.test(parameter);
