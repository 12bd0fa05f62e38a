import { Injectable } from '@nestjs/common';
import { FaultRepository } from '../../model/faults/fault.repository.js';
import { LedgerRepository } from '../../model/consents/ledger.repository.js';
import { ControlService } from '../control.service.js';
import { CustomersService } from '../customers.service.js';
import type { ControlPage } from './control-page.js';

const NEWEST_PAIRS = 50;

/** Reads what the page shows. */
@Injectable()
export class ControlPageService {
  constructor(
    private readonly customers: CustomersService,
    private readonly ledger: LedgerRepository,
    private readonly faults: FaultRepository,
    private readonly control: ControlService,
  ) {}

  async read(): Promise<Omit<ControlPage, 'origin' | 'done' | 'refused'>> {
    const [customers, pairs, totals, faults, outcomes, clock] = await Promise.all([
      this.customers.list(),
      this.ledger.listPairs(NEWEST_PAIRS),
      this.ledger.totals(),
      this.faults.list(),
      this.faults.outcomes(),
      this.control.showClock(),
    ]);
    return { customers, pairs, totals, faults, outcomes, clock, assumptions: this.control.showAssumptions() };
  }
}
