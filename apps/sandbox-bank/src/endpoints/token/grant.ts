import { BANK_ERROR, type Scope } from '@consent-hub/psd2-protocol';
import type { IssuedPair } from '../../model/consents/token-pair.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { Refusal } from '../../machine-api/refusal.error.js';

export interface GrantCall extends Pick<MachineCall, 'request' | 'tpp'> {
  /** The scopes that the version of the call serves and the certificate of the caller allows. */
  readonly scopes: readonly Scope[];
  /** The scopes that the version of the call serves. */
  readonly served: readonly Scope[];
}

/** One way to obtain a token pair (RFC 6749 section 1.3). */
export interface Grant {
  issue(call: GrantCall): Promise<IssuedPair>;
}

/**
 * The refusal of a valid value whose scope the call cannot have. Assumed: the bank's page says which version serves which
 * scope, but not what the other versions answer.
 *
 * @param input that holds the value
 */
export const scopeRefusal = ({ served }: GrantCall, scope: Scope, input: string): Refusal =>
  served.includes(scope)
    ? new Refusal(BANK_ERROR.noActiveTpp, { scope })
    : new Refusal(BANK_ERROR.invalidInput, { scope, input });
