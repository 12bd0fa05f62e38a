import type { Scope } from '@consent-hub/psd2-protocol';
import type { IssuedPair } from '../books/token-book.js';
import type { Tpp } from '../books/tpp-book.js';
import type { MachineRequest } from '../machine-api/machine-request.js';

export interface GrantCall {
  readonly request: MachineRequest;
  readonly tpp: Tpp;
  /** For which the version of the call and the certificate of the caller are good. */
  readonly scopes: readonly Scope[];
}

/** One way to come by a token pair (RFC 6749 section 1.3). */
export interface Grant {
  issue(call: GrantCall): Promise<IssuedPair>;
}
