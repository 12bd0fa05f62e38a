import { Injectable } from '@nestjs/common';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import { checkLanguage } from '../../machine-api/accept-language.js';
import { accessOf } from '../../machine-api/access-of.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { ACCOUNT_LIST_VERSIONS, type AccountListBody } from './account-list-versions.js';

@Injectable()
export class AccountListService {
  constructor(
    private readonly tokens: TokenRepository,
    private readonly settings: BankSettings,
  ) {}

  /** The accounts that the PSU opened to this TPP. */
  async list(call: MachineCall): Promise<AccountListBody> {
    const version = call.versionOf(ACCOUNT_LIST_VERSIONS);
    checkLanguage(call.request, version, this.settings);
    return version.toBody(await accessOf(call, this.tokens), this.settings.assumptions);
  }
}
