import { Injectable } from '@nestjs/common';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { PsuRepository } from '../../model/accounts/psu.repository.js';
import { checkLanguage } from '../../machine-api/accept-language.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { AccountAccessService } from './account-access.service.js';
import { ACCOUNT_VERSIONS, type AccountBody } from './account-versions.js';
import { isPsuInvolved } from './psu-involved.js';

@Injectable()
export class AccountDetailsService {
  constructor(
    private readonly accounts: AccountAccessService,
    private readonly psus: PsuRepository,
    private readonly settings: BankSettings,
  ) {}

  /** One account with its balance, for which no SCA is ever too old (bank page "flows": accounts). */
  async find(call: MachineCall, logicalId: string): Promise<AccountBody> {
    const version = call.versionOf(ACCOUNT_VERSIONS);
    checkLanguage(call.request, version, this.settings);
    const isAttended = isPsuInvolved(call.request);
    const { access, account } = await this.accounts.open(call, logicalId);
    if (!isAttended) await this.accounts.countUnattended(call, account.iban, 'account');
    const psu = await this.psus.findPsu(call.tpp.brand, access.psuId);
    const view = { account, logicalId, psuName: psu?.name ?? account.holder };
    return version.toBody(view, this.settings.assumptions);
  }
}
