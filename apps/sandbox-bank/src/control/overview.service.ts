import { Injectable } from '@nestjs/common';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { Ledger, type LivePair } from '../books/ledger.js';
import { PsuBook, type Psu, type PsuAccount } from '../books/psu-book.js';

const NEWEST_PAIRS = 50;

export interface Customer extends Psu {
  readonly accounts: readonly PsuAccount[];
}

export interface Overview {
  readonly customers: Readonly<Record<Brand, readonly Customer[]>>;
  readonly pairs: readonly LivePair[];
}

/** What a developer wants to see at a glance. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly psus: PsuBook,
    private readonly ledger: Ledger,
  ) {}

  async read(): Promise<Overview> {
    const [belfius, banx] = await Promise.all(BRANDS.map((brand) => this.customersOf(brand)));
    return {
      customers: { belfius: belfius ?? [], banx: banx ?? [] },
      pairs: await this.ledger.listPairs(NEWEST_PAIRS),
    };
  }

  private async customersOf(brand: Brand): Promise<Customer[]> {
    const psus = await this.psus.listPsus(brand);
    return Promise.all(
      psus.map(async (psu) => ({ ...psu, accounts: await this.psus.accountsOf(brand, psu.id) })),
    );
  }
}
