import { Injectable } from '@nestjs/common';
import { ConsentError, isLive, ScaTokenQuery, TokenUse } from '@consent-hub/consent';
import { Problem, type Caller } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { scaTokenBinding, TokenVault } from '@consent-hub/token-vault';
import { NO_SCA_TOKEN } from './access-token.problems.js';
import { ScopeRefusalService } from './scope-refusal.service.js';

export interface ScaToken {
  readonly value: Secret;
  readonly expiresAt: Date;
}

/** Hands out the token with which AIS reads the full history, in its first hour (bank page "Flows"). */
@Injectable()
export class ScaTokenService {
  constructor(
    private readonly tokens: ScaTokenQuery,
    private readonly vault: TokenVault,
    private readonly uses: TokenUse,
    private readonly refusal: ScopeRefusalService,
  ) {}

  /**
   * @throws Problem `no_sca_token`, `scope_not_granted`
   * @throws ConsentError
   */
  async forConsent(caller: Caller, consentId: string): Promise<ScaToken> {
    const row = await this.tokens.byConsent(consentId);
    const isGranted = row && caller.tokenScopes.has(row.scope);
    if (!isGranted) throw await this.refusal.of(caller, consentId);
    const { state, reason, token, expiresAt } = row;
    if (!isLive(state)) throw new ConsentError('consent_not_live', { consentId, state, reason });
    if (!token || !expiresAt) throw new Problem(NO_SCA_TOKEN);
    this.uses.record(consentId, caller.id);
    return this.vault.opening(() => ({
      value: this.vault.open(token, scaTokenBinding(consentId)),
      expiresAt,
    }));
  }
}
