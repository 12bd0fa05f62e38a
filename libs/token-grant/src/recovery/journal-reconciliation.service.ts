import { Logger } from '@nestjs/common';
import { describeError } from '@consent-hub/platform';
import { logNamesOf } from '../request/reserved-request.js';
import type { SpoolDirectory } from '../answers/spool-directory.service.js';
import type { SpooledAnswer } from '../answers/spooled-answer.js';
import type { SpoolReconciler } from './spool-reconciler.service.js';
import type { TokenAnswers } from '../grant/token-answers.service.js';
import type { TokenRequestRepository } from '../request/token-request.repository.js';

/** Answers that one statement asks about. */
const AT_ONCE = 1000;

/** An answer that the spool holds and the database does not. */
export interface SpoolDifference {
  readonly requestId: string;
  readonly consentId: string;
  /** Of the pair in the database; 0 for none. */
  readonly storedGeneration: number;
  /** Of the pair that the answer holds. */
  readonly spooledGeneration: number;
  /**
   * - `unsettled`: nothing was done
   * - `committed`: the pair is stored
   * - `overtaken`: a later pair is there, or the consent has ended
   * - `in_doubt`: the answer holds no pair
   * - `unreadable`: the answer went on to the journal
   * - `failed`: it could not be opened, or not be written down; the log says why
   */
  readonly result: 'unsettled' | 'committed' | 'overtaken' | 'in_doubt' | 'unreadable' | 'failed';
}

/** What differs between a spool and the database, for whoever has restored one of them. Nothing is sent to the bank. */
export class JournalReconciliation {
  private readonly logger = new Logger(JournalReconciliation.name);

  constructor(
    private readonly reconciler: SpoolReconciler,
    private readonly directory: SpoolDirectory,
    private readonly journal: TokenRequestRepository,
    private readonly answers: TokenAnswers,
  ) {}

  /** @returns one difference an answer, in the order of generations */
  async compare(): Promise<SpoolDifference[]> {
    return this.describe((await this.reconciler.compareDirectory(this.directory)).answers);
  }

  /**
   * Settles what differs: of each consent the latest pair is stored.
   *
   * @returns what came of each answer
   */
  async settle(): Promise<SpoolDifference[]> {
    const { answers } = await this.reconciler.compareDirectory(this.directory);
    const differences = await this.describe(answers);
    const settled: SpoolDifference[] = [];
    for (const [n, difference] of differences.entries()) {
      const answer = answers[n];
      if (answer) settled.push({ ...difference, result: await this.settleOne(answer) });
    }
    return settled;
  }

  private async describe(answers: readonly SpooledAnswer[]): Promise<SpoolDifference[]> {
    const differences: SpoolDifference[] = [];
    for (let n = 0; n < answers.length; n += AT_ONCE) {
      const requests = answers.slice(n, n + AT_ONCE).map(({ request }) => request);
      const standing = await this.journal.standing(requests);
      for (const { id, requestId, consentId, expectedGeneration } of requests) {
        const storedGeneration = standing.get(id)?.generation ?? 0;
        const spooledGeneration = expectedGeneration + 1;
        differences.push({ requestId, consentId, storedGeneration, spooledGeneration, result: 'unsettled' });
      }
    }
    return differences;
  }

  private async settleOne(answer: SpooledAnswer): Promise<SpoolDifference['result']> {
    try {
      const { outcome } = await this.answers.settleFromSpool(answer);
      if (outcome === 'received') return 'unreadable';
      return outcome === 'committed' || outcome === 'in_doubt' ? outcome : 'overtaken';
    } catch (error) {
      const names = logNamesOf(answer.request);
      this.logger.error({
        msg: 'spooled token answer could not be settled',
        ...names,
        error: describeError(error),
      });
      return 'failed';
    }
  }
}
