import type { BankClient } from '@consent-hub/bank-client';
import type { ConsentRepository } from '@consent-hub/consent';
import type { TokenVault } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { AnswerReader } from '../answers/answer-reader.js';
import { AnswerSpool } from '../answers/answer-spool.js';
import { NobodyObserves } from '../grant/grant-observer.js';
import { GrantSealer } from '../answers/grant-sealer.js';
import { KeptAnswers } from './kept-answers.js';
import { DatabaseClock } from '../request/database-clock.js';
import { FailoverPause } from '../request/failover-pause.js';
import { OwnRequests } from '../request/own-requests.js';
import { ServerRun } from '../request/server-run.js';
import { PatientWriter } from '../grant/patient-writer.js';
import { SpoolDirectory } from '../answers/spool-directory.js';
import { SpoolHealth } from '../answers/spool-health.js';
import { SpoolIndex } from '../answers/spool-index.js';
import { SpoolReconciliation } from './spool-reconciliation.js';
import { SpoolWatch } from './spool-watch.js';
import { TokenAnswers } from '../grant/token-answers.js';
import type { TokenGrantSettings } from '../token-grant.settings.js';
import { TokenJournal } from '../request/token-journal.js';
import { TokenSettlement } from '../grant/token-settlement.js';
import { UnreadAnswers } from '../grant/unread-answers.js';

/** What kept answers are read with. */
export interface KeptAnswersWorld {
  readonly dataSource: DataSource;
  readonly consents: ConsentRepository;
  readonly vault: TokenVault;
  /** Reads answers; is asked for nothing. */
  readonly bank: BankClient;
  readonly settings: TokenGrantSettings;
}

/** Kept answers outside of a hub: no process is announced, no spool replayed and no sweep begun, as a module would. */
export function openKeptAnswers(world: KeptAnswersWorld): KeptAnswers {
  const { journal, answers, unread } = partsOf(world);
  return new KeptAnswers(journal, answers, unread);
}

/** A spool, compared with the database outside of a hub. */
export function openSpoolReconciliation(world: KeptAnswersWorld, spoolDir: string): SpoolReconciliation {
  const settings = { ...world.settings, spoolDir };
  const { journal, answers, spool, directory, index } = partsOf({ ...world, settings });
  const watch = new SpoolWatch(directory, spool, journal, index, new OwnRequests(settings));
  return new SpoolReconciliation(watch, directory, journal, answers);
}

function partsOf({ dataSource, consents, vault, bank, settings }: KeptAnswersWorld) {
  const journal = new TokenJournal(dataSource);
  const sealer = new GrantSealer(vault, settings);
  const settlement = new TokenSettlement(dataSource, consents, journal, sealer, settings);
  const index = new SpoolIndex();
  const directory = new SpoolDirectory(settings, index);
  const pause = new FailoverPause(new ServerRun(new DatabaseClock(settings)), settings);
  const health = new SpoolHealth(settings, directory, pause);
  const spool = new AnswerSpool(settings, directory, index, sealer, health);
  const unread = new UnreadAnswers(dataSource, consents, journal, sealer, settings);
  const reader = new AnswerReader(sealer, bank, dataSource);
  const writer = new PatientWriter(new NobodyObserves());
  const answers = new TokenAnswers(reader, settlement, unread, spool, writer);
  return { journal, answers, unread, spool, directory, index };
}
