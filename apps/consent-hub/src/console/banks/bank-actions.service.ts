import { RefreshPauses } from '@consent-hub/consent';
import type { Brand } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConsoleFailure } from '../access/console-failure.js';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { AdminActionRepository } from '../audit/admin-action.repository.js';
import { BANK_ACTIONS, type BankActionName } from './bank-actions.js';
import { BanksService } from './banks.service.js';

/** Who acts on the refreshes of a brand, and why. */
export interface WantedBankAction {
  readonly name: BankActionName;
  readonly session: ConsoleSession;
  readonly brand: Brand;
  readonly reason: string;
}

/** Pauses and resumes the scheduled refreshes of a brand, with an entry of the audit and an event of the hub in one transaction. */
@Injectable()
export class BankActionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: AdminActionRepository,
    private readonly pauses: RefreshPauses,
    private readonly banks: BanksService,
  ) {}

  /** @throws ConsoleFailure where there is nothing to pause or to resume; nothing was changed then */
  async act({ name, session, brand, reason }: WantedBankAction): Promise<void> {
    const { action, nothing } = BANK_ACTIONS[name];
    await this.dataSource.transaction(async (tx) => {
      const adminAction = await this.actions.record(tx, session, { action, reason, data: { brand } });
      const by = { actor: `admin:${session.subject}`, adminAction } as const;
      const isDone = await (name === 'pause'
        ? this.pauses.pause(tx, brand, by)
        : this.pauses.resume(tx, brand, by));
      // Takes the entry of the audit back as well.
      if (!isDone) throw new ConsoleFailure(409, 'There is nothing to do', `${nothing} Nothing was changed.`);
    });
    this.banks.forget();
  }
}
