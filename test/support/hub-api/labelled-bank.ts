import {
  BankClient,
  type BankAccount,
  type BankError,
  type ConsentUri,
  type ConsentUriRequest,
  type GrantedTokens,
  type TokenAnswer,
  type TokenRequest,
} from '@consent-hub/bank-client';
import { Secret, type Scope } from '@consent-hub/psd2-protocol';

/** Accounts by their owner; each IBAN identifies its owner at every place. */
export const IBANS = {
  owner: 'BE14063999900283',
  other: 'BE25063999900182',
  none: 'BE68539007547034',
} as const;
export type Whose = keyof typeof IBANS;

const whose = (secret: Secret): Whose => {
  const [, name] = /-of-(owner|other)-/.exec(secret.reveal()) ?? [];
  return name === 'owner' || name === 'other' ? name : 'none';
};

/** A code; all values that are granted for it name its owner and its scope. */
export const codeOf = (owner: Whose, scope: Scope, number: number): string =>
  `code-of-${owner}-${scope}-${number}`;

/** A bank that always grants, with values that name their owner and where they may be seen; or fails, on request. */
export class LabelledBank extends BankClient {
  /** In the place of every answer, while there is one. */
  failure: BankError | null = null;
  private issued = 0;

  override async openConsent({ state, language }: ConsentUriRequest): Promise<ConsentUri[]> {
    await this.fail();
    const languages = language ? [language] : ['fr', 'nl'];
    return languages.map((each) => ({
      language: each,
      uri: `https://bank.example/${each}?apptoken=x&state=${state.reveal()}`,
    }));
  }

  override async requestToken(request: TokenRequest): Promise<TokenAnswer> {
    await this.fail();
    const { scope, grantType } = request;
    const owner = whose(grantType === 'refresh_token' ? request.refreshToken : request.code);
    const name = `of-${owner}-${scope}-${++this.issued}`;
    const body = { name, owner, scope, isFirst: grantType === 'authorization_code' };
    return { httpStatus: 200, body: new Secret(JSON.stringify(body)), responseIdMatches: true };
  }

  override readTokenAnswer(body: Secret): GrantedTokens {
    const { name, owner, scope, isFirst } = JSON.parse(body.reveal()) as {
      name: string;
      owner: Whose;
      scope: Scope;
      isFirst: boolean;
    };
    return {
      accessToken: new Secret(`access-${name}`),
      refreshToken: new Secret(`refresh-${name}`),
      expiresInSeconds: 3600,
      ...(scope === 'AIS' && isFirst && { scaToken: new Secret(`sca-${name}`) }),
      ...(scope === 'CAF' && { logicalId: `logical-of-${owner}-CAF`, iban: IBANS[owner] }),
    };
  }

  override async listAccounts({ accessToken }: { readonly accessToken: Secret }): Promise<BankAccount[]> {
    await this.fail();
    const owner = whose(accessToken);
    return [{ iban: IBANS[owner], logicalId: `logical-of-${owner}-AIS` }];
  }

  private fail(): Promise<void> {
    return this.failure ? Promise.reject(this.failure) : Promise.resolve();
  }
}
