import { Injectable } from '@nestjs/common';
import { ASSUMED, ASSUMPTION_CHOICES, type AssumptionName } from '../model/settings/assumptions.js';
import { BankSettings, type Contract } from '../model/settings/bank.settings.js';

export interface AssumptionBody {
  readonly name: AssumptionName;
  readonly chosen: string;
  /** The first is the assumption. */
  readonly choices: readonly string[];
}

export interface AssumptionsBody {
  /** Which ages of the bank's API are served. */
  readonly contract: Contract;
  readonly items: readonly AssumptionBody[];
}

/** How this bank is set up where the bank's pages leave it open. */
@Injectable()
export class AssumptionsService {
  constructor(private readonly settings: BankSettings) {}

  show(): AssumptionsBody {
    const { contract, assumptions } = this.settings;
    const names = Object.keys(ASSUMED) as AssumptionName[];
    return {
      contract,
      items: names.map((name) => ({ name, chosen: assumptions[name], choices: ASSUMPTION_CHOICES[name] })),
    };
  }
}
