import { Injectable } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import type { Authorization, PsuChoice } from '../books/authorization-book.js';
import { PsuBook } from '../books/psu-book.js';

interface Wish {
  readonly psu?: string;
  readonly ibans?: readonly string[];
}

/** Decides who approves, and for which accounts, where the caller leaves it open. */
@Injectable()
export class PsuChoiceService {
  constructor(private readonly psus: PsuBook) {}

  /**
   * The wanted PSU or else the first of the brand's, with the wanted accounts or else all that may be opened.
   *
   * @throws Problem when there is no such PSU, or none who could open these accounts
   */
  async choose({ brand, iban }: Authorization, { psu, ibans }: Wish): Promise<PsuChoice> {
    const candidates =
      psu === undefined ? await this.psus.listPsus(brand) : [await this.psus.findPsu(brand, psu)];
    const wanted = ibans ?? (iban === null ? [] : [iban]);
    for (const candidate of candidates) {
      if (!candidate) throw unknownPsu(brand);
      const accounts = await this.psus.accountsOf(brand, candidate.id);
      const eligible = accounts.filter((account) => account.eligible).map((account) => account.iban);
      if (eligible.length === 0 || !wanted.every((each) => eligible.includes(each))) continue;
      return { psuId: candidate.id, ibans: wanted.length > 0 ? wanted : eligible };
    }
    throw new Problem({
      status: 409,
      code: 'no_eligible_account',
      detail: 'No such customer can open such accounts: payment accounts, not blocked. The list stands at /.',
    });
  }
}

const unknownPsu = (brand: string): Problem =>
  new Problem({
    status: 404,
    code: 'unknown_psu',
    detail: `No such customer of ${brand}. The list stands at /.`,
  });
