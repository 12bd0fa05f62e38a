import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BANK_ERROR, Secret } from '@consent-hub/psd2-protocol';
import { TokenBook, type IssuedPair } from '../books/token-book.js';
import { Refusal } from '../machine-api/refusal.js';
import type { Grant, GrantCall } from './grant.js';

/** RFC 7636 section 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** RFC 6749 section 4.1.3 with RFC 7636 section 4.5. */
@Injectable()
export class AuthorizationCodeGrant implements Grant {
  constructor(private readonly tokens: TokenBook) {}

  async issue({ request, tpp, scopes }: GrantCall): Promise<IssuedPair> {
    const code = new Secret(request.field('code'));
    const redirectUri = request.field('redirect_uri');
    const codeChallenge = createHash('sha256')
      .update(request.field('code_verifier', VERIFIER))
      .digest('base64url');
    const outcome = await this.tokens.redeem({ tppId: tpp.id, code, redirectUri, codeChallenge, scopes });
    if (outcome === 'other_scope') throw new Refusal(BANK_ERROR.invalidInput);
    // Assumed, the bank's page is silent: whatever is wrong with a code, its verifier or its redirect URI.
    if (outcome === 'invalid') throw new Refusal(BANK_ERROR.securityParameters);
    return outcome;
  }
}
