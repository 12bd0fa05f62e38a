import { Injectable } from '@nestjs/common';
import { BANK_ERROR, BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { accessOf, type MachineCall } from '../../machine-api/machine-call.context.js';
import type { MachineRequest } from '../../machine-api/machine.request.js';
import { Refusal, SANDBOX_ERROR } from '../../machine-api/refusal.error.js';
import { AccountRepository, type BankAccount } from '../../model/accounts/account.repository.js';
import type { AccessGrant } from '../../model/consents/token-pair.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { TppCallRepository, type AccountResource } from '../../model/tpps/tpp-call.repository.js';

/** An account that a PSU opened to the caller. */
export interface OpenedAccount {
  readonly access: AccessGrant;
  readonly account: BankAccount;
}

/** A compact JWE for a key that both sides know (RFC 7516 section 7.1): without the second of its five parts. */
const LOGICAL_ID = /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/;

/** Finds the account of a call by its access token and logical-ID, or refuses the call. */
@Injectable()
export class AccountAccessService {
  constructor(
    private readonly tokens: TokenRepository,
    private readonly accounts: AccountRepository,
    private readonly calls: TppCallRepository,
    private readonly settings: BankSettings,
  ) {}

  async open(call: MachineCall, logicalId: string): Promise<OpenedAccount> {
    const { brand } = call.tpp;
    const access = await accessOf(call, this.tokens);
    const opened = access.accounts.find((each) => each.logicalId === logicalId);
    if (!opened) throw await this.unknown(brand, logicalId);
    const account = await this.accounts.find(brand, opened.iban);
    if (!account) throw new Refusal(BANK_ERROR.invalidAccount, { scope: 'AIS' });
    if (account.isBlocked) throw new Refusal(BANK_ERROR.channelNotPermitted, { scope: 'AIS' });
    return { access, account };
  }

  /** Counts a call without the PSU, where the bank limits them. */
  async countUnattended(call: MachineCall, iban: string, resource: AccountResource): Promise<void> {
    if (this.settings.assumptions.unattended_calls === 'unlimited') return;
    if (!(await this.calls.countUnattended(call.tpp.id, iban, resource)))
      throw new Refusal(SANDBOX_ERROR.tooManyCalls, { scope: 'AIS' });
  }

  /** A logical-ID of another brand is refused as an account of another bank, any other text as an invalid logical-ID. */
  private async unknown(brand: Brand, logicalId: string): Promise<Refusal> {
    if (!LOGICAL_ID.test(logicalId)) return new Refusal(BANK_ERROR.invalidJwt);
    for (const other of BRANDS.filter((each) => each !== brand)) {
      if (await this.accounts.isLogicalIdOf(other, logicalId))
        return new Refusal(BANK_ERROR.invalidAccount, { scope: 'AIS' });
    }
    return new Refusal(BANK_ERROR.invalidJwt);
  }
}

/** Whether the PSU requested the call just now; an empty parameter means no (bank page "reference": accounts). */
export function isPsuInvolved(request: MachineRequest): boolean {
  const input = 'psu_involved';
  const value = request.optionalQuery(input)?.toLowerCase() ?? 'false';
  if (value !== 'true' && value !== 'false') throw new Refusal(BANK_ERROR.invalidInput, { input });
  return value === 'true';
}
