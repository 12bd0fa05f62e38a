import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { AnswerReader } from './answer-reader.js';
import { AnswerSpool } from './answer-spool.js';
import { DatabaseClock } from './database-clock.js';
import { DueRefreshes } from './due-refreshes.js';
import { FailoverPause } from './failover-pause.js';
import { GrantFailures } from './grant-failures.js';
import { GrantObserver, NobodyObserves } from './grant-observer.js';
import { GrantSealer } from './grant-sealer.js';
import { GrantStatus } from './grant-status.js';
import { InstanceRepository } from './instance.repository.js';
import { Instances } from './instances.js';
import { JournalPruner } from './journal-pruner.js';
import { KeptAnswers } from './kept-answers.js';
import { OpenRequestRepository } from './open-requests.repository.js';
import { OwnRequests } from './own-requests.js';
import { PatientWriter } from './patient-writer.js';
import { ProcessMark } from './process-mark.js';
import { RecoveryJob } from './recovery.job.js';
import { RequestTakeover } from './request-takeover.js';
import { Reservations } from './reservations.js';
import { ServerRun } from './server-run.js';
import { SpoolDirectory } from './spool-directory.js';
import { SpoolHealth } from './spool-health.js';
import { SpoolIndex } from './spool-index.js';
import { SpoolReplay } from './spool-replay.js';
import { SpoolWatch } from './spool-watch.js';
import { StaleRequests } from './stale-requests.js';
import { StoredKeys } from './stored-keys.js';
import { TokenAnswers } from './token-answers.js';
import { TokenCall } from './token-call.js';
import { TokenGrantSettings } from './token-grant.settings.js';
import { TokenGrants } from './token-grants.js';
import { TokenJournal } from './token-journal.js';
import { TokenRequestEntity } from './token-request.entity.js';
import { TokenSettlement } from './token-settlement.js';
import { UnreadAnswers } from './unread-answers.js';

/** For the app's database options. */
export const TOKEN_GRANT_ENTITIES = [TokenRequestEntity];

/** From the journal up to those who ask for grants. */
const PROVIDERS = [
  TokenJournal,
  DatabaseClock,
  ServerRun,
  ProcessMark,
  InstanceRepository,
  Instances,
  OwnRequests,
  FailoverPause,
  GrantStatus,
  Reservations,
  GrantSealer,
  SpoolIndex,
  SpoolDirectory,
  SpoolHealth,
  AnswerSpool,
  AnswerReader,
  TokenSettlement,
  UnreadAnswers,
  PatientWriter,
  TokenAnswers,
  TokenCall,
  GrantFailures,
  TokenGrants,
  DueRefreshes,
  SpoolWatch,
  SpoolReplay,
  OpenRequestRepository,
  RequestTakeover,
  RecoveryJob,
  KeptAnswers,
  StaleRequests,
  JournalPruner,
  StoredKeys,
];

/** Needs `BankClient` and `TokenVault` from global modules of the app, and `ScheduleModule` for its sweeps. */
@Module({})
export class TokenGrantModule {
  /** @param observer is told what happens; absent: nobody is */
  static register(
    settings: TokenGrantSettings,
    observer: GrantObserver = new NobodyObserves(),
  ): DynamicModule {
    return {
      module: TokenGrantModule,
      global: true,
      imports: [ConsentModule],
      providers: [
        { provide: TokenGrantSettings, useValue: settings },
        { provide: GrantObserver, useValue: observer },
        ...PROVIDERS,
      ],
      exports: [TokenGrants, DueRefreshes, SpoolHealth, GrantStatus],
    };
  }
}
