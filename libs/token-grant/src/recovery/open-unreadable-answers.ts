import type { BankClient } from '@consent-hub/bank-client';
import type { ConsentRepository } from '@consent-hub/consent';
import type { TokenVault } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { AnswerReader } from '../answers/answer-reader.service.js';
import { AnswerSpool } from '../answers/answer-spool.service.js';
import { GrantEvents } from '../grant/grant-events.js';
import { TokenSealer } from '../answers/token-sealer.service.js';
import { UnreadableAnswersJob } from './unreadable-answers.job.js';
import { DatabaseClock } from '../request/database-clock.service.js';
import { FailoverPause } from '../request/failover-pause.service.js';
import { OwnRequests } from '../request/own-requests.registry.js';
import { DatabaseServer } from '../request/database-server.service.js';
import { SpoolDirectory } from '../answers/spool-directory.service.js';
import { SpoolHealth } from '../answers/spool-health.service.js';
import { SpoolIndex } from '../answers/spool-index.service.js';
import { JournalReconciliation } from './journal-reconciliation.service.js';
import { SpoolReconciler } from './spool-reconciler.service.js';
import { TokenAnswers } from '../grant/token-answers.service.js';
import type { TokenGrantSettings } from '../token-grant.settings.js';
import { TokenRequestRepository } from '../request/token-request.repository.js';
import { TokenSettlement } from '../grant/token-settlement.service.js';
import { UnreadableAnswerService } from '../grant/unreadable-answer.service.js';

/** What stored answers are read with. */
export interface ReadingParts {
  readonly dataSource: DataSource;
  readonly consents: ConsentRepository;
  readonly vault: TokenVault;
  /** Reads answers; is asked for nothing. */
  readonly bank: BankClient;
  readonly settings: TokenGrantSettings;
}

/** Reads unreadable answers again outside of a hub: no process is announced, no spool replayed and no sweep begun, as a module would. */
export function openUnreadableAnswers(world: ReadingParts): UnreadableAnswersJob {
  const { journal, answers, unread } = partsOf(world);
  return new UnreadableAnswersJob(journal, answers, unread);
}

/** A spool, compared with the database outside of a hub. */
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
  return { journal, answers, unread, spool, directory, index };
}
