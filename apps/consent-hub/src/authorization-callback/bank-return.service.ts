import { Injectable } from '@nestjs/common';
import type { RequestTrace } from '@consent-hub/platform';
import { readScaState, TokenVault } from '@consent-hub/token-vault';
import { HttpSettings } from '../config/http.settings.js';
import { AuthorizationReturnService } from './authorization-return.service.js';
import type { BankReturn } from './bank-return.js';
import { isFromItsBrowser } from './browser-cookie.js';
import type { ReturnOutcome } from './return-outcome.js';
import { ScaReturnService } from './sca-return.service.js';

/** The PSU is back, from giving a consent or from a later authentication: the `state` parameter shows which. */
@Injectable()
export class BankReturnService {
  constructor(
    private readonly vault: TokenVault,
    private readonly authorizations: AuthorizationReturnService,
    private readonly scaReturns: ScaReturnService,
    private readonly http: HttpSettings,
  ) {}

  /**
   * @param brand as the path names it
   * @param cookies of the browser, as its header has them
   */
  receive(
    brand: string,
    back: BankReturn,
    cookies: string | undefined,
    trace: RequestTrace,
  ): Promise<ReturnOutcome> {
    const sca = readScaState(this.vault, back.state);
    if (!sca) {
      const { isSecure } = this.http;
      return this.authorizations.receive(
        brand,
        back,
        (consent) => isFromItsBrowser(consent, cookies, isSecure),
        trace,
      );
    }
    trace.consentId = sca.consentId;
    return this.scaReturns.receive(brand, back, sca);
  }
}
