import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { BankClient } from '@consent-hub/bank-client';
import { AnswerSpool, type SpooledAnswer } from './answer-spool.js';
import { GrantSealer } from './grant-sealer.js';
import { TokenJournal } from './token-journal.js';
import { TokenSettlement } from './token-settlement.js';

/**
 * Settles what a process heard and did not live to write down. Idempotent by generation, so a file may be replayed by
 * several replicas, and while its owner lives.
 */
@Injectable()
export class SpoolReplay implements OnApplicationBootstrap {
  private readonly logger = new Logger(SpoolReplay.name);

  constructor(
    private readonly spool: AnswerSpool,
    private readonly journal: TokenJournal,
    private readonly settlement: TokenSettlement,
    private readonly sealer: GrantSealer,
    private readonly bank: BankClient,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const answers = await this.spool.leftBehind();
    const open = new Set(await this.journal.unsettled(answers.map(({ request }) => request)));
    let unreadable = 0;
    for (const answer of answers) {
      if (open.has(answer.request.id) && !(await this.settle(answer))) unreadable++;
    }
    if (open.size > 0)
      this.logger.warn(`settled ${open.size - unreadable} of ${open.size} answers left in the spool`);
    // A file with an answer that could not be settled stays for whoever can.
    if (unreadable === 0) await this.spool.prune();
  }

  private async settle({ request, sealed }: SpooledAnswer): Promise<boolean> {
    try {
      const tokens = this.bank.readTokenAnswer(this.sealer.openAnswer(request, sealed));
      await this.settlement.commit(request, tokens, { from_spool: true });
      return true;
    } catch (error) {
      const cause = error instanceof Error ? error.message : 'unknown';
      this.logger.error(`answer of Request-ID ${request.requestId} stays in the spool: ${cause}`);
      return false;
    }
  }
}
