import { Injectable } from '@nestjs/common';
import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import { TokenBook } from '../books/token-book.js';
import type { MachineCall } from '../machine-api/machine-call.js';
import { Refusal } from '../machine-api/refusal.js';
import { ACCOUNT_LIST_VERSIONS, type AccountBody } from './account-list-versions.js';

@Injectable()
export class AccountsService {
  constructor(private readonly tokens: TokenBook) {}

  /** The accounts that the PSU opened to this TPP. */
  async list(call: MachineCall): Promise<AccountBody[]> {
    const version = call.versionOf(ACCOUNT_LIST_VERSIONS);
    call.permittedScopes(call.scopes);
    const accessToken = call.accessToken();
    const access = accessToken && (await this.tokens.findAccess(call.tpp.id, accessToken));
    if (access?.scope !== 'AIS') throw new Refusal(BANK_ERROR.invalidAccessToken);
    return version.toBody(access);
  }
}
