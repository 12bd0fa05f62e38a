import { Injectable } from '@nestjs/common';
import { BANK_ERROR, type Brand, type Language, type Scope } from '@consent-hub/psd2-protocol';
import { AuthorizationBook } from '../books/authorization-book.js';
import { PsuBook } from '../books/psu-book.js';
import type { Tpp } from '../books/tpp-book.js';
import { Refusal } from '../machine-api/refusal.js';
import type { ConsentUriRequest } from './consent-uri-request.js';
import { PsuPages } from './psu-pages.js';

/** One element of the answer (bank page "reference": consent-uris). */
export interface ConsentUriBody {
  readonly language: Language;
  readonly consent_uri: string;
}

@Injectable()
export class ConsentUrisService {
  constructor(
    private readonly authorizations: AuthorizationBook,
    private readonly psus: PsuBook,
    private readonly pages: PsuPages,
  ) {}

  /** Opens an authorization and says where to send the PSU for it, in each language. */
  async open(tpp: Tpp, request: ConsentUriRequest): Promise<ConsentUriBody[]> {
    // Assumed, the bank's page is silent: only redirect URIs that the TPP registered are called back (RFC 6749
    // section 3.1.2.3), and they are compared as they are written.
    if (!tpp.redirectUris.includes(request.redirectUri)) throw new Refusal(BANK_ERROR.securityParameters);
    if (request.iban !== null) await this.requireEligible(tpp.brand, request.iban, request.scope);
    const links = await this.authorizations.open({ tppId: tpp.id, ...request });
    return links.map(({ language, appToken }) => ({
      language,
      consent_uri: this.pages.launcherUri({ brand: tpp.brand, scope: request.scope, language, appToken }),
    }));
  }

  private async requireEligible(brand: Brand, iban: string, scope: Scope): Promise<void> {
    switch (await this.psus.findStanding(brand, iban)) {
      case 'eligible':
        return;
      case 'blocked':
        throw new Refusal(BANK_ERROR.channelNotPermitted, { scope });
      case 'no_payment_account':
        throw new Refusal(BANK_ERROR.accountNotSupported, { scope });
      case null:
        throw new Refusal(BANK_ERROR.invalidAccount, { scope });
    }
  }
}
