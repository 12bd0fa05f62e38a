import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { AnswerReader } from './answers/answer-reader.service.js';
import { AnswerSpool } from './answers/answer-spool.service.js';
import { DatabaseClock } from './request/database-clock.service.js';
import { DueRefreshes } from './grant/due-refreshes.service.js';
import { DoubleSpendsQuery } from './request/double-spends.query.js';
import { FailoverPause } from './request/failover-pause.service.js';
import { FailedRequestsQuery } from './request/failed-requests.query.js';
import { GrantFailures } from './grant/grant-failures.service.js';
import { GrantEvents } from './grant/grant-events.js';
import { TokenSealer } from './answers/token-sealer.service.js';
import { GrantStatus } from './recovery/grant-status.service.js';
import { InstanceRepository } from './recovery/instance.repository.js';
import { InstanceService } from './recovery/instance.service.js';
import { JournalPrunerJob } from './request/journal-pruner.job.js';
import { UnreadableAnswersJob } from './recovery/unreadable-answers.job.js';
import { OpenRequestRepository } from './request/open-request.repository.js';
import { OwnRequests } from './request/own-requests.registry.js';
import { ProcessLiveness } from './recovery/process-liveness.service.js';
import { RecoveryJob } from './recovery/recovery.job.js';
import { RequestTakeover } from './recovery/request-takeover.service.js';
import { ReservationService } from './request/reservation.service.js';
import { DatabaseChanges } from './recovery/database-changes.service.js';
import { DatabaseServer } from './request/database-server.service.js';
import { SpoolDirectory } from './answers/spool-directory.service.js';
import { SpoolHealth } from './answers/spool-health.service.js';
import { SpoolIndex } from './answers/spool-index.service.js';
import { SpoolReplay } from './recovery/spool-replay.service.js';
import { SpoolReconciler } from './recovery/spool-reconciler.service.js';
import { StaleRequestsJob } from './request/stale-requests.job.js';
import { StoredKeysCheck } from './recovery/stored-keys.service.js';
import { TokenAnswers } from './grant/token-answers.service.js';
import { TokenCall } from './grant/token-call.service.js';
import { TokenGrantSettings } from './token-grant.settings.js';
import { TokenGrants } from './grant/token-grants.service.js';
import { TokenRequestRepository } from './request/token-request.repository.js';
import { TokenRequestEntity } from './request/token-request.entity.js';
import { TokenSettlement } from './grant/token-settlement.service.js';
import { UnreadableAnswerService } from './grant/unreadable-answer.service.js';

/** For the app's database options. */
export const TOKEN_GRANT_ENTITIES = [TokenRequestEntity];

/** From the journal up to those who ask for grants. */
const PROVIDERS = [
  TokenRequestRepository,
  DatabaseClock,
  DatabaseServer,
  ProcessLiveness,
  InstanceRepository,
  InstanceService,
  OwnRequests,
  FailoverPause,
  GrantStatus,
  ReservationService,
  TokenSealer,
  SpoolIndex,
  SpoolDirectory,
  SpoolHealth,
  AnswerSpool,
  AnswerReader,
  TokenSettlement,
  UnreadableAnswerService,
  TokenAnswers,
  TokenCall,
  GrantFailures,
  TokenGrants,
  DueRefreshes,
  SpoolReconciler,
  SpoolReplay,
  OpenRequestRepository,
  RequestTakeover,
  RecoveryJob,
  DatabaseChanges,
  UnreadableAnswersJob,
  StaleRequestsJob,
  JournalPrunerJob,
  FailedRequestsQuery,
  StoredKeysCheck,
  DoubleSpendsQuery,
];

/** Needs `BankClient` and `TokenVault` from global modules of the app, and `ScheduleModule` for its sweeps. */
@Module({})
export class TokenGrantModule {
  static register(settings: TokenGrantSettings): DynamicModule {
    return {
      module: TokenGrantModule,
      global: true,
      imports: [ConsentModule],
      providers: [{ provide: TokenGrantSettings, useValue: settings }, GrantEvents, ...PROVIDERS],
      exports: [
        TokenGrants,
        DueRefreshes,
        UnreadableAnswersJob,
        SpoolHealth,
        GrantStatus,
        GrantEvents,
        FailedRequestsQuery,
        DoubleSpendsQuery,
      ],
    };
  }
}
