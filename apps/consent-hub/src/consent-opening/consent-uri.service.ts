import { Injectable } from '@nestjs/common';
import { BankClient, type ConsentUri, type Pkce } from '@consent-hub/bank-client';
import { newRequestId, type RequestTrace } from '@consent-hub/platform';
import type { Scope, Secret } from '@consent-hub/psd2-protocol';
import type { Opening } from './opening.js';

/** What ties the PSU's return to its consent. */
export interface Authorization {
  readonly redirectUri: string;
  readonly pkce: Pkce;
  readonly state: Secret;
}

/** Asks the bank where to send the PSU: GET /consent-uris (bank page "Flows", step 1). */
@Injectable()
export class ConsentUriService {
  constructor(private readonly bank: BankClient) {}

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
    });
  }
}
