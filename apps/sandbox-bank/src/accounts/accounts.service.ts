import { Injectable } from '@nestjs/common';
import { BANK_ERROR, HEADER, Secret } from '@consent-hub/psd2-protocol';
import { TokenBook } from '../books/token-book.js';
import type { MachineCall } from '../machine-api/machine-call.js';
import { Refusal } from '../machine-api/refusal.js';
import { ACCOUNT_LIST_VERSIONS, type AccountBody } from './account-list-versions.js';

@Injectable()
export class AccountsService {
  constructor(private readonly tokens: TokenBook) {}

  /** The accounts that the PSU opened to this TPP. */
  async list(call: MachineCall): Promise<AccountBody[]> {
    const version = call.request.version(ACCOUNT_LIST_VERSIONS);
    call.permittedScopes(['AIS']);
    const accessToken = bearerToken(call.request.header(HEADER.authorization));
    const access = accessToken && (await this.tokens.findAccess(call.tpp.id, accessToken));
    if (access?.scope !== 'AIS') throw new Refusal(BANK_ERROR.invalidAccessToken);
    return version.toBody(access);
  }
}

/** RFC 6750 section 2.1. */
function bearerToken(authorization: string): Secret | null {
  const [, token] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization) ?? [];
  return token === undefined ? null : new Secret(token);
}
