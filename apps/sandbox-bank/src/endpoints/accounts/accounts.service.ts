import { Injectable } from '@nestjs/common';
import { PsuRepository } from '../../model/accounts/psu.repository.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { checkLanguage } from '../../machine-api/accept-language.js';
import { accessOf, type MachineCall } from '../../machine-api/machine-call.context.js';
import { AccountAccessService, isPsuInvolved } from './account-access.service.js';
import {
  ACCOUNT_LIST_VERSIONS,
  ACCOUNT_VERSIONS,
  type AccountBody,
  type AccountListBody,
} from './account-versions.js';

@Injectable()
export class AccountsService {
  constructor(
    private readonly access: AccountAccessService,
    private readonly psus: PsuRepository,
    private readonly tokens: TokenRepository,
    private readonly settings: BankSettings,
  ) {}

  /** The accounts that the PSU opened to this TPP. */
  async list(call: MachineCall): Promise<AccountListBody> {
    const version = call.versionOf(ACCOUNT_LIST_VERSIONS);
    checkLanguage(call.request, version, this.settings);
    return version.toBody(await accessOf(call, this.tokens), this.settings.assumptions);
  }

  /** One account with its balance, for which no SCA is ever too old (bank page "flows": accounts). */
  async find(call: MachineCall, logicalId: string): Promise<AccountBody> {
    const version = call.versionOf(ACCOUNT_VERSIONS);
    checkLanguage(call.request, version, this.settings);
    const isAttended = isPsuInvolved(call.request);
    const { access, account } = await this.access.open(call, logicalId);
    if (!isAttended) await this.access.countUnattended(call, account.iban, 'account');
    const psu = await this.psus.findPsu(call.tpp.brand, access.psuId);
    const view = { account, logicalId, psuName: psu?.name ?? account.holder };
    return version.toBody(view, this.settings.assumptions);
  }
}
