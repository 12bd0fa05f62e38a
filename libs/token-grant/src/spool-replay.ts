import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AnswerSpool, type SpooledAnswer } from './answer-spool.js';
import { TokenCall } from './token-call.js';
import { TokenJournal } from './token-journal.js';

/** Each is a statement or two; more of them wait for the next start. */
const KEPT_AT_A_START = 1000;

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
    private readonly call: TokenCall,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.replaySpool();
    await this.readKept();
  }

  private async replaySpool(): Promise<void> {
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

  /** Answers that the last version of this program could not read: the journal keeps them for the next. */
  private async readKept(): Promise<void> {
    for (const request of await this.journal.kept(KEPT_AT_A_START)) {
      await this.call.readKept(request).catch((error: unknown) => {
        const cause = error instanceof Error ? error.message : 'unknown';
        this.logger.error(`answer of Request-ID ${request.requestId} stays unread: ${cause}`);
      });
    }
  }

  private async settle({ request, sealed }: SpooledAnswer): Promise<boolean> {
    try {
      return await this.call.settleAnswer(request, sealed, { from_spool: true });
    } catch (error) {
      const cause = error instanceof Error ? error.message : 'unknown';
      this.logger.error(`answer of Request-ID ${request.requestId} stays in the spool: ${cause}`);
      return false;
    }
  }
}
