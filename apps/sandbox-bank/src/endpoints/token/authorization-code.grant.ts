import { Injectable } from '@nestjs/common';
import { BANK_ERROR, Secret, type BankErrorRow } from '@consent-hub/psd2-protocol';
import type { Assumptions } from '../../model/settings/assumptions.js';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import type { IssuedPair } from '../../model/consents/token-pair.js';
import { readCodeVerifier } from '../../machine-api/pkce.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { scopeRefusal, type Grant, type GrantCall } from './grant.js';

/** The refusal of a wrong code, verifier or redirect URI. */
const REFUSED_CODE = {
  security_parameters: BANK_ERROR.securityParameters,
  invalid_input: BANK_ERROR.invalidInput,
} as const satisfies Record<Assumptions['code_refusal'], BankErrorRow>;

/** RFC 6749 section 4.1.3 with RFC 7636 section 4.5. */
@Injectable()
export class AuthorizationCodeGrant implements Grant {
  constructor(
    private readonly tokens: TokenRepository,
    private readonly settings: BankSettings,
  ) {}

  async issue(call: GrantCall): Promise<IssuedPair> {
    const { request, tpp, scopes } = call;
    const { assumptions } = this.settings;
    const input = 'code';
    const code = new Secret(request.field(input));
    const redirectUri = request.field('redirect_uri');
    const codeVerifier = readCodeVerifier(request, assumptions);
    const outcome = await this.tokens.redeem({ tppId: tpp.id, code, redirectUri, codeVerifier, scopes });
    if (!('reason' in outcome)) return outcome;
    switch (outcome.reason) {
      case 'other_scope':
        throw scopeRefusal(call, outcome.scope, input);
      case 'withdrawn':
        throw new Refusal(BANK_ERROR.noActiveConsent, { scope: outcome.scope });
      case 'invalid':
        // A code without a challenge needs no verifier.
        if (!codeVerifier) throw new Refusal(BANK_ERROR.missingInput, { input: 'code_verifier' });
        throw new Refusal(REFUSED_CODE[assumptions.code_refusal], { input });
    }
  }
}
