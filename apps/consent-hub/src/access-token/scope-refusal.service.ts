import { Injectable } from '@nestjs/common';
import { VisibleConsents } from '@consent-hub/consent';
import { Problem, type Caller } from '@consent-hub/platform';
import type { Scope } from '@consent-hub/psd2-protocol';
import { SCOPE_NOT_GRANTED } from './access-token.problems.js';

/** What a caller is told who gets no token of a consent because it is not there, or not of a scope granted to it. */
@Injectable()
export class ScopeRefusalService {
  constructor(private readonly visible: VisibleConsents) {}

  /**
   * Who may see the consent learns that its scope is not granted. For anyone else it does not exist: an answer of its own
   * would tell that it does. Costs a look into the database, and is off the way of those who get a token.
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
