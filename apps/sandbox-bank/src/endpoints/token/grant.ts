import { BANK_ERROR, type Scope } from '@consent-hub/psd2-protocol';
import type { IssuedPair } from '../../model/consents/token-pair.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { Refusal } from '../../machine-api/refusal.error.js';

export interface GrantCall extends Pick<MachineCall, 'request' | 'tpp'> {
  /** For which the version of the call and the certificate of the caller are good. */
  readonly scopes: readonly Scope[];
  /** For which the version of the call is good. */
  readonly served: readonly Scope[];
}

/** One way to come by a token pair (RFC 6749 section 1.3). */
export interface Grant {
  issue(call: GrantCall): Promise<IssuedPair>;
}

/**
 * For a value that is good, and of a scope that the call cannot have. Assumed: the bank's page says which version serves
 * which scope, and not what the others answer.
 *
 * @param input that holds the value
 */
export const scopeRefusal = ({ served }: GrantCall, scope: Scope, input: string): Refusal =>
  served.includes(scope)
    ? new Refusal(BANK_ERROR.noActiveTpp, { scope })
    : new Refusal(BANK_ERROR.invalidInput, { scope, input });
