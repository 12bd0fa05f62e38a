import { Injectable } from '@nestjs/common';
import { ConsentError, isLive, TokenUse } from '@consent-hub/consent';
import { Problem, type Caller } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { TokenVault } from '@consent-hub/token-vault';
import { ScaTokenQuery } from './sca-token.query.js';

/** The SCA token comes with the code's exchange and stays sealed for the first generation. */
const GENERATION = 1;

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
  ) {}

  /**
   * @throws Problem `no_sca_token`
   * @throws ConsentError
   */
  async forConsent(caller: Caller, consentId: string): Promise<ScaToken> {
    const row = await this.tokens.byConsent(consentId);
    if (!row || !caller.tokenScopes.has(row.scope))
      throw new ConsentError('consent_not_found', { consentId });
    const { state, reason, token, expiresAt } = row;
    if (!isLive(state)) throw new ConsentError('consent_not_live', { consentId, state, reason });
    if (!token || !expiresAt) throw noScaToken();
    this.uses.record(consentId, caller.id);
    return {
      value: this.vault.open(token, { consentId, purpose: 'sca_token', generation: GENERATION }),
      expiresAt,
    };
  }
}

const noScaToken = (): Problem =>
  new Problem({
    status: 404,
    code: 'no_sca_token',
    detail: 'This consent has no SCA token: the bank gave none, or its hour is over.',
  });
