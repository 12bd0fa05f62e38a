import { Injectable } from '@nestjs/common';
import { BANK_ERROR, Secret } from '@consent-hub/psd2-protocol';
import { TokenBook, type IssuedPair } from '../books/token-book.js';
import { Refusal } from '../machine-api/refusal.js';
import type { Grant, GrantCall } from './grant.js';

/** RFC 6749 section 6; the answer always brings a new refresh token (bank page "Flows"). */
@Injectable()
export class RefreshTokenGrant implements Grant {
  constructor(private readonly tokens: TokenBook) {}

  async issue({ request, tpp, scopes }: GrantCall): Promise<IssuedPair> {
    const refreshToken = new Secret(request.field('refresh_token'));
    const outcome = await this.tokens.rotate({ tppId: tpp.id, refreshToken, scopes });
    if (outcome === 'other_scope') throw new Refusal(BANK_ERROR.invalidInput);
    if (outcome === 'invalid') throw new Refusal(BANK_ERROR.invalidRefreshToken);
    return outcome;
  }
}
