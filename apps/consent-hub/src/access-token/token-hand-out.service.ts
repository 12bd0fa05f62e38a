import { Injectable } from '@nestjs/common';
import { ConsentError, TokenReadTally, TokenUse } from '@consent-hub/consent';
import { isDatabaseOutage, Problem, type Caller } from '@consent-hub/platform';
import type { Scope, Secret } from '@consent-hub/psd2-protocol';
import { TokenVault } from '@consent-hub/token-vault';
import type { SealedPair, TokenRow } from './access-token.query.js';

/** An access token, opened, with what its user needs to know. */
export interface AccessToken {
  readonly consentId: string;
  readonly scope: Scope;
  readonly value: Secret;
  readonly generation: number;
  readonly expiresAt: Date;
  readonly expiresInSeconds: number;
  readonly logicalId: string | null;
  readonly isInDoubt: boolean;
  /** False when it is served although less than the asked validity is left: nothing better could be had. */
  readonly isValidLongEnough: boolean;
}

/** A live consent with its pair. */
export type LiveToken = Pick<TokenRow, 'consentId' | 'scope'> & SealedPair;

/** The end of a read: opens the token, notes its use, counts how the read ended. */
@Injectable()
export class TokenHandOut {
  constructor(
    private readonly vault: TokenVault,
    private readonly uses: TokenUse,
    private readonly tally: TokenReadTally,
  ) {}

  /** @param before the token that the read found first, where a refresh was tried since */
  give(
    caller: Caller,
    { accessToken, ...token }: LiveToken,
    minValiditySeconds: number,
    before?: LiveToken,
  ): AccessToken | Promise<AccessToken> {
    const { consentId, generation } = token;
    return this.vault.opening(() => {
      const value = this.vault.open(accessToken, { consentId, purpose: 'access_token', generation });
      this.uses.record(consentId, caller.id);
      if (before === undefined) this.tally.handOut('served', caller.id);
      else this.tally.handOut(generation > before.generation ? 'refreshed' : 'unrefreshed', caller.id);
      return { ...token, value, isValidLongEnough: lasts(token, minValiditySeconds) };
    });
  }

  /** @returns the error of the read, for throwing it */
  refuse(error: unknown): unknown {
    this.tally.refuse(codeOf(error));
    return error;
  }
}

/** A token whose last second has begun counts as expired: it would expire on the way to the bank. */
export const lasts = (
  { expiresInSeconds }: Pick<SealedPair, 'expiresInSeconds'>,
  minValiditySeconds: number,
): boolean => expiresInSeconds > 0 && expiresInSeconds >= minValiditySeconds;

function codeOf(error: unknown): string {
  if (error instanceof ConsentError) return error.code;
  if (error instanceof Problem) return error.details.code;
  return isDatabaseOutage(error) ? 'database_unavailable' : 'internal_error';
}
