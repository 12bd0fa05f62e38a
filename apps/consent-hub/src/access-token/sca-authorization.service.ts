import { Injectable } from '@nestjs/common';
import { ConsentError, isLive, ScaTokenQuery } from '@consent-hub/consent';
import { Problem, type Caller } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { TokenVault, writeScaState } from '@consent-hub/token-vault';
import { SCA_FOR_AIS_ONLY } from './access-token.problems.js';
import { ScopeRefusalService } from './scope-refusal.service.js';

/** How long the PSU may take to authenticate again. */
const SECONDS = 900;

/** What the caller adds to its own call of the bank, and to the address that the bank answers it with. */
export interface ScaAuthorization {
  readonly redirectUri: string;
  readonly state: Secret;
  readonly expiresAt: Date;
}

/**
 * Prepares a later authentication of the PSU (bank page "Flows" of the accounts API): the caller, who meets `SCA_REQUIRED`, sends
 * the PSU to the bank by itself, and the PSU returns to the hub, which stores the SCA token.
 */
@Injectable()
export class ScaAuthorizationService {
  constructor(
    private readonly tokens: ScaTokenQuery,
    private readonly vault: TokenVault,
    private readonly refusal: ScopeRefusalService,
  ) {}

  /**
   * Stores nothing: the state says itself what it is for.
   *
   * @throws Problem `sca_for_ais_only`, `scope_not_granted`
   * @throws ConsentError
   */
  async prepare(caller: Caller, consentId: string): Promise<ScaAuthorization> {
    const row = await this.tokens.authenticationOf(consentId, SECONDS);
    if (!row || !caller.tokenScopes.has(row.scope)) throw await this.refusal.of(caller, consentId);
    const { scope, state, reason, redirectUri, expiresAt } = row;
    if (scope !== 'AIS') throw new Problem(SCA_FOR_AIS_ONLY);
    if (!isLive(state)) throw new ConsentError('consent_not_live', { consentId, state, reason });
    return { redirectUri, state: writeScaState(this.vault, { consentId, expiresAt }), expiresAt };
  }
}
