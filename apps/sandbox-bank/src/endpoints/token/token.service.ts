import { Injectable } from '@nestjs/common';
import { BANK_ERROR, GRANT_TYPES, type GrantType } from '@consent-hub/psd2-protocol';
import { BankSettings } from '../../model/settings/bank.settings.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';
import type { Grant } from './grant.js';
import { RefreshTokenGrant } from './refresh-token.grant.js';
import { TOKEN_VERSIONS, tokenBody, type TokenBody } from './token-versions.js';

@Injectable()
export class TokenService {
  private readonly grants: Readonly<Record<GrantType, Grant>>;

  constructor(
    authorizationCode: AuthorizationCodeGrant,
    refreshToken: RefreshTokenGrant,
    private readonly settings: BankSettings,
  ) {
    this.grants = { authorization_code: authorizationCode, refresh_token: refreshToken };
  }

  async issue(call: MachineCall): Promise<TokenBody> {
    const { request, tpp } = call;
    const version = call.versionOf(TOKEN_VERSIONS);
    const input = 'grant_type';
    const wanted = request.field(input);
    const grantType = GRANT_TYPES.find((each) => each === wanted);
    if (!grantType) throw new Refusal(BANK_ERROR.invalidInput, { input });
    const scopes = call.permittedScopes(call.scopes);
    const pair = await this.grants[grantType].issue({ request, tpp, scopes, served: call.scopes });
    return tokenBody(version, pair, this.settings.assumptions);
  }
}
