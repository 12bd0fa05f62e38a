import { Injectable } from '@nestjs/common';
import { BANK_ERROR, Secret } from '@consent-hub/psd2-protocol';
import { TokenRepository } from '../../model/consents/token.repository.js';
import type { IssuedPair } from '../../model/consents/token-pair.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { scopeRefusal, type Grant, type GrantCall } from './grant.js';

/** RFC 6749 section 6; the answer always brings a new refresh token (bank page "Flows"). */
@Injectable()
export class RefreshTokenGrant implements Grant {
  constructor(private readonly tokens: TokenRepository) {}

  async issue(call: GrantCall): Promise<IssuedPair> {
    const { request, tpp, scopes } = call;
    const input = 'refresh_token';
    const refreshToken = new Secret(request.field(input));
    const outcome = await this.tokens.rotate({ tppId: tpp.id, refreshToken, scopes });
    if (!('reason' in outcome)) return outcome;
    switch (outcome.reason) {
      case 'other_scope':
        throw scopeRefusal(call, outcome.scope, input);
      case 'withdrawn':
        throw new Refusal(BANK_ERROR.noActiveConsent, { scope: outcome.scope });
      case 'invalid':
        throw new Refusal(BANK_ERROR.invalidRefreshToken);
    }
  }
}
