import { Injectable } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import { BRANDS, listBrands, type Brand, type Language } from '@consent-hub/psd2-protocol';
import { PsuRepository } from '../model/accounts/psu.repository.js';
import { ConsentRepository } from '../model/consents/consent.repository.js';
import type { WithdrawalRequest } from './control.request.js';

export interface CustomerAccountBody {
  readonly iban: string;
  readonly label: string;
  readonly holder: string;
  readonly currency: string;
  readonly balance: string;
  /** May be opened to a TPP. */
  readonly eligible: boolean;
}

export interface CustomerBody {
  readonly id: string;
  readonly brand: Brand;
  readonly name: string;
  readonly language: Language;
  readonly accounts: readonly CustomerAccountBody[];
}

const PSU_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The test customers, and their withdrawals in a channel of the bank. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly psus: PsuRepository,
    private readonly consents: ConsentRepository,
  ) {}

  async list(): Promise<CustomerBody[]> {
    return (await Promise.all(BRANDS.map((brand) => this.customersOf(brand)))).flat();
  }

  /** @throws Problem when no brand has such a customer */
  async withdraw(psuId: string, { scope, client_id }: WithdrawalRequest): Promise<number> {
    if (!(await this.isCustomer(psuId))) {
      throw new Problem({
        status: 404,
        code: 'unknown_psu',
        detail: `No such customer of ${listBrands('disjunction')}. The list is at /.`,
      });
    }
    return this.consents.withdraw(psuId, {
      ...(scope !== undefined && { scope }),
      ...(client_id !== undefined && { clientId: client_id }),
    });
  }

  private async isCustomer(psuId: string): Promise<boolean> {
    if (!PSU_ID.test(psuId)) return false;
    const found = await Promise.all(BRANDS.map((brand) => this.psus.findPsu(brand, psuId)));
    return found.some((psu) => psu !== null);
  }

  private async customersOf(brand: Brand): Promise<CustomerBody[]> {
    const psus = await this.psus.listPsus(brand);
    return Promise.all(
      psus.map(async ({ id, name, language }) => {
        const held = await this.psus.accountsOf(brand, id);
        const accounts = held.map(({ iban, label, holder, currency, balance, eligible }) => ({
          iban,
          label,
          holder,
          currency,
          balance,
          eligible,
        }));
        return { id, brand, name, language, accounts };
      }),
    );
  }
}
