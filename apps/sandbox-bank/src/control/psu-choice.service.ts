import { Injectable } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import type { Authorization, PsuChoice } from '../model/consents/authorization.js';
import { PsuRepository, type Psu } from '../model/accounts/psu.repository.js';

interface Wish {
  readonly psu?: string;
  readonly ibans?: readonly string[];
}

/** Decides who approves, and for which accounts, where the caller leaves it open. */
@Injectable()
export class PsuChoiceService {
  constructor(private readonly psus: PsuRepository) {}

  /**
   * The wanted PSU or else the first of the brand's, with the wanted accounts or else all that may be opened: of a payment,
   * the first. Where the TPP's token says who it is, nobody else can be chosen.
   *
   * @throws Problem when there is no such PSU, or none who could open these accounts
   */
  async choose(authorization: Authorization, { psu, ibans }: Wish): Promise<PsuChoice> {
    const { brand, iban, purpose } = authorization;
    const wanted = ibans ?? (iban === null ? [] : [iban]);
    for (const candidate of await this.candidates(authorization, psu)) {
      if (purpose === 'sca') return { psuId: candidate.id, ibans: [] };
      const accounts = await this.psus.accountsOf(brand, candidate.id);
      const eligible = accounts.filter((account) => account.eligible).map((account) => account.iban);
      if (eligible.length === 0 || !wanted.every((each) => eligible.includes(each))) continue;
      if (purpose === 'payment' && wanted.length > 1) continue;
      const all = purpose === 'payment' ? eligible.slice(0, 1) : eligible;
      return { psuId: candidate.id, ibans: wanted.length > 0 ? wanted : all };
    }
    throw new Problem({
      status: 409,
      code: 'no_eligible_account',
      detail: 'No such customer can open such accounts: payment accounts, not blocked. The list stands at /.',
    });
  }

  private async candidates({ brand, boundPsuId }: Authorization, psu: string | undefined): Promise<Psu[]> {
    const wanted = psu ?? boundPsuId;
    if (wanted === null) return this.psus.listPsus(brand);
    const found = await this.psus.findPsu(brand, wanted);
    if (!found) throw unknownPsu(brand);
    if (boundPsuId !== null && boundPsuId !== found.id) throw otherPsu();
    return [found];
  }
}

const unknownPsu = (brand: string): Problem =>
  new Problem({
    status: 404,
    code: 'unknown_psu',
    detail: `No such customer of ${brand}. The list stands at /.`,
  });

const otherPsu = (): Problem =>
  new Problem({
    status: 409,
    code: 'other_psu',
    detail: 'The access token of the TPP names another customer, who alone can approve this.',
  });
