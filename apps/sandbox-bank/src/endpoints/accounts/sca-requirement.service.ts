import { Injectable } from '@nestjs/common';
import { HEADER, type ErrorStyle } from '@consent-hub/psd2-protocol';
import { AuthorizationRepository } from '../../model/consents/authorization.repository.js';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { PsuPagesService } from '../../model/consents/psu-pages.service.js';
import { acceptedLanguages } from '../../machine-api/accept-language.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { redirectUriOf } from '../../machine-api/redirect-uri.js';
import { scaRequired, type Refusal } from '../../machine-api/refusal.error.js';

/** Sends the PSU to authenticate again (bank page "flows": accounts). */
@Injectable()
export class ScaRequirementService {
  constructor(
    private readonly authorizations: AuthorizationRepository,
    private readonly pages: PsuPagesService,
    private readonly settings: BankSettings,
  ) {}

  /** The refusal that says where to send the PSU; the TPP adds its `state` there. */
  async refusal(call: MachineCall, psuId: string, errors: ErrorStyle): Promise<Refusal> {
    const { tpp, request } = call;
    const [language] = acceptedLanguages(request.optionalHeader(HEADER.acceptLanguage));
    const [link] = await this.authorizations.openSca({
      tppId: tpp.id,
      psuId,
      redirectUri: redirectUriOf(call, this.settings.assumptions),
      languages: language ? [language] : [],
    });
    if (!link) throw new Error('The authentication was opened without a link');
    const url = this.pages.launcherUri({ brand: tpp.brand, scope: 'AIS', ...link });
    // One client of the versions with numeric error codes read the URL from the description, another one from a field.
    return scaRequired({ url, scope: 'AIS', isDescribed: errors === 'numeric' }, this.settings.assumptions);
  }
}
