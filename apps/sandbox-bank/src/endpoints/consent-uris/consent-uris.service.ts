import { Injectable } from '@nestjs/common';
import { BANK_ERROR, type Brand, type Language, type Scope } from '@consent-hub/psd2-protocol';
import { AuthorizationRepository } from '../../model/consents/authorization.repository.js';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { PsuRepository } from '../../model/accounts/psu.repository.js';
import { PsuPagesService } from '../../model/consents/psu-pages.service.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { readConsentUriRequest } from './consent-uri-versions.js';

/** One element of the answer (bank page "reference": consent-uris). */
export interface ConsentUriBody {
  readonly language: Language;
  readonly consent_uri: string;
}

@Injectable()
export class ConsentUrisService {
  constructor(
    private readonly authorizations: AuthorizationRepository,
    private readonly psus: PsuRepository,
    private readonly pages: PsuPagesService,
    private readonly settings: BankSettings,
  ) {}

  /** Opens an authorization and says where to send the PSU for it, in each language. */
  async open(call: MachineCall): Promise<ConsentUriBody[]> {
    const { tpp } = call;
    const request = readConsentUriRequest(call, this.settings.assumptions);
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
