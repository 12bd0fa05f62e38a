import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BankClient, createPkce, type ConsentUri, type Pkce } from '@consent-hub/bank-client';
import { newRequestId, type RequestTrace } from '@consent-hub/platform';
import { Secret, type Brand, type Scope } from '@consent-hub/psd2-protocol';
import { HttpSettings } from '../config/http.settings.js';
import type { Opening } from './opening.js';

/** Unguessable (RFC 6749, section 10.10), and as long as a SHA-256 of it is strong. */
const SECRET_BYTES = 32;
export const newSecret = (): Secret => new Secret(randomBytes(SECRET_BYTES).toString('base64url'));

/** What ties the PSU's return to its consent. */
export interface Authorization {
  readonly redirectUri: string;
  readonly pkce: Pkce;
  readonly state: Secret;
}

/** Asks the bank where to send the PSU: GET /consent-uris (bank page "Flows", step 1). */
@Injectable()
export class ConsentUriService {
  constructor(
    private readonly bank: BankClient,
    private readonly http: HttpSettings,
  ) {}

  newAuthorization(brand: Brand): Authorization {
    return {
      redirectUri: `${this.http.publicUrl}/callback/${brand}`,
      pkce: createPkce(),
      state: newSecret(),
    };
  }

  /** The start page of the hub, which leads on to the bank. */
  startPage(consentId: string, language: string): string {
    return `${this.http.publicUrl}/start/${consentId}?language=${encodeURIComponent(language)}`;
  }

  /** @throws BankError */
  request(
    { brand, subject: { iban }, language }: Opening,
    scope: Exclude<Scope, 'PIS'>,
    authorization: Authorization,
    trace: RequestTrace,
  ): Promise<ConsentUri[]> {
    const requestId = newRequestId();
    trace.called(requestId);
    return this.bank.openConsent({
      brand,
      scope,
      ...(iban !== null && { iban }),
      ...(language !== null && { language }),
      ...authorization,
      requestId,
      span: trace.span,
    });
  }
}
