import { Logger } from '@nestjs/common';
import { describeError } from '@consent-hub/platform';
import { logNamesOf } from '../request/reserved-request.js';
import { SpoolDirectory } from '../answers/spool-directory.service.js';
import type { SpooledAnswer } from '../answers/spooled-answer.js';
import { SpoolReconciler } from './spool-reconciler.service.js';
import { TokenAnswers } from '../grant/token-answers.service.js';
import { TokenRequestRepository } from '../request/token-request.repository.js';
import type { BankClient } from '@consent-hub/bank-client';
import type { ConsentRepository } from '@consent-hub/consent';
import type { TokenVault } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { AnswerReader } from '../answers/answer-reader.service.js';
import { AnswerSpool } from '../answers/answer-spool.service.js';
import { GrantEvents } from '../grant/grant-events.js';
import { TokenSealer } from '../answers/token-sealer.service.js';
import { DatabaseClock } from '../request/database-clock.service.js';
import { FailoverPause } from '../request/failover-pause.service.js';
import { OwnRequests } from '../request/own-requests.registry.js';
import { DatabaseServer } from '../request/database-server.service.js';
import { SpoolHealth } from '../answers/spool-health.service.js';
import { SpoolIndex } from '../answers/spool-index.service.js';
import type { TokenGrantSettings } from '../token-grant.settings.js';
import { TokenSettlement } from '../grant/token-settlement.service.js';
import { UnreadableAnswerService } from '../grant/unreadable-answer.service.js';

/** Answers that one statement asks about. */
const AT_ONCE = 1000;

/** An answer that the spool holds and the database does not. */
export interface SpoolDifference {
  readonly requestId: string;
  readonly consentId: string;
  /** Generation of the pair in the database; 0 for none. */
  readonly storedGeneration: number;
  /** Generation of the pair that the answer holds. */
  readonly spooledGeneration: number;
  /**
   * - `unsettled`: nothing was done
   * - `committed`: the pair is stored
   * - `overtaken`: a later pair is there, or the consent has ended
   * - `in_doubt`: the answer holds no pair
   * - `unreadable`: the answer was passed to the journal
   * - `failed`: it could not be opened, or not be written down; the log says why
   */
  readonly result: 'unsettled' | 'committed' | 'overtaken' | 'in_doubt' | 'unreadable' | 'failed';
}

/** What differs between a spool and the database, for an operator who has restored one of them. Nothing is sent to the bank. */
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
   * @returns the result of each answer
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

/** What stored answers are read with. */
export interface ReadingParts {
  readonly dataSource: DataSource;
  readonly consents: ConsentRepository;
  readonly vault: TokenVault;
  /** Reads answers; is asked for nothing. */
  readonly bank: BankClient;
  readonly settings: TokenGrantSettings;
}

/** A spool, compared with the database outside of a hub: no process is announced and no sweep begun, as a module would. */
export function openJournalReconciliation(world: ReadingParts, spoolDir: string): JournalReconciliation {
  const settings = { ...world.settings, spoolDir };
  const { journal, answers, spool, directory, index } = partsOf({ ...world, settings });
  const reconciler = new SpoolReconciler(directory, spool, journal, index, new OwnRequests(settings));
  return new JournalReconciliation(reconciler, directory, journal, answers);
}

function partsOf({ dataSource, consents, vault, bank, settings }: ReadingParts) {
  const journal = new TokenRequestRepository(dataSource);
  const sealer = new TokenSealer(vault, settings);
  const settlement = new TokenSettlement(dataSource, consents, journal, sealer, settings);
  const index = new SpoolIndex();
  const directory = new SpoolDirectory(settings, index);
  const pause = new FailoverPause(new DatabaseServer(new DatabaseClock(settings)), settings);
  const health = new SpoolHealth(settings, directory, pause);
  const spool = new AnswerSpool(settings, directory, index, sealer, health);
  const unread = new UnreadableAnswerService(dataSource, consents, journal, sealer, settings);
  const reader = new AnswerReader(sealer, bank, dataSource);
  const answers = new TokenAnswers(reader, settlement, unread, spool, new GrantEvents());
  return { journal, answers, spool, directory, index };
}
