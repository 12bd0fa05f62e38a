import { Injectable } from '@nestjs/common';
import { VisibleConsents } from '@consent-hub/consent';
import { Problem, type Caller } from '@consent-hub/platform';
import type { Scope } from '@consent-hub/psd2-protocol';
import { SCOPE_NOT_GRANTED } from './access-token.problems.js';

/** The answer to a caller that gets no token of a consent because it is not there, or not of a scope granted to it. */
@Injectable()
export class ScopeRefusalService {
  constructor(private readonly visible: VisibleConsents) {}

  /**
   * A caller that may see the consent gets the answer that its scope is not granted. For any other caller it does not exist: a
   * different answer would reveal that it does. Costs a query, and is not in the path of callers that get a token.
   *
   * @throws ConsentError `consent_not_found`
   */
  async of(caller: Caller, consentId: string): Promise<Problem> {
    return scopeNotGranted((await this.visible.get(caller, consentId)).scope);
  }
}

export const scopeNotGranted = (scope: Scope): Problem =>
  new Problem({
    ...SCOPE_NOT_GRANTED,
    detail: `This API client may not read tokens of scope ${scope}.`,
    errors: [{ field: 'scope', detail: 'must be one of the scopes granted to this API client' }],
  });
