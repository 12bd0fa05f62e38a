import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { AnswerReader } from './answers/answer-reader.js';
import { AnswerSpool } from './answers/answer-spool.js';
import { DatabaseClock } from './request/database-clock.js';
import { DueRefreshes } from './grant/due-refreshes.js';
import { FailoverPause } from './request/failover-pause.js';
import { GrantFailures } from './grant/grant-failures.js';
import { GrantObserver, NobodyObserves } from './grant/grant-observer.js';
import { GrantSealer } from './answers/grant-sealer.js';
import { GrantStatus } from './recovery/grant-status.js';
import { InstanceRepository } from './recovery/instance.repository.js';
import { Instances } from './recovery/instances.js';
import { JournalPruner } from './request/journal-pruner.js';
import { KeptAnswers } from './recovery/kept-answers.js';
import { OpenRequestRepository } from './request/open-requests.repository.js';
import { OwnRequests } from './request/own-requests.js';
import { PatientWriter } from './grant/patient-writer.js';
import { ProcessMark } from './recovery/process-mark.js';
import { RecoveryJob } from './recovery/recovery.job.js';
import { RequestTakeover } from './recovery/request-takeover.js';
import { Reservations } from './request/reservations.js';
import { ServerRun } from './request/server-run.js';
import { SpoolDirectory } from './answers/spool-directory.js';
import { SpoolHealth } from './answers/spool-health.js';
import { SpoolIndex } from './answers/spool-index.js';
import { SpoolReplay } from './recovery/spool-replay.js';
import { SpoolWatch } from './recovery/spool-watch.js';
import { StaleRequests } from './request/stale-requests.js';
import { StoredKeys } from './recovery/stored-keys.js';
import { TokenAnswers } from './grant/token-answers.js';
import { TokenCall } from './grant/token-call.js';
import { TokenGrantSettings } from './token-grant.settings.js';
import { TokenGrants } from './grant/token-grants.js';
import { TokenJournal } from './request/token-journal.js';
import { TokenRequestEntity } from './request/token-request.entity.js';
import { TokenSettlement } from './grant/token-settlement.js';
import { UnreadAnswers } from './grant/unread-answers.js';

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
