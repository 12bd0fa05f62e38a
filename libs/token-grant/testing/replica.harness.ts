import { link, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { ConsentRepository } from '@consent-hub/consent';
import type { ScriptedBank } from '@consent-hub/testing';
import type { TokenVault } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { AnswerReader } from '../src/answers/answer-reader.service.js';
import { AnswerSpool } from '../src/answers/answer-spool.service.js';
import { DatabaseClock } from '../src/request/database-clock.service.js';
import { DueRefreshes } from '../src/grant/due-refreshes.service.js';
import { FailoverPause } from '../src/request/failover-pause.service.js';
import { GrantFailures } from '../src/grant/grant-failures.service.js';
import { GrantEvents } from '../src/grant/grant-events.js';
import { TokenSealer } from '../src/answers/token-sealer.service.js';
import { GrantStatus } from '../src/recovery/grant-status.service.js';
import { InstanceRepository } from '../src/recovery/instance.repository.js';
import { InstanceService } from '../src/recovery/instance.service.js';
import { UnreadableAnswersJob } from '../src/recovery/unreadable-answers.job.js';
import { OpenRequestRepository } from '../src/request/open-request.repository.js';
import { OwnRequests } from '../src/request/own-requests.registry.js';
import { ProcessLiveness } from '../src/recovery/process-liveness.service.js';
import { RecoveryJob } from '../src/recovery/recovery.job.js';
import { RequestTakeover } from '../src/recovery/request-takeover.service.js';
import { ReservationService } from '../src/request/reservation.service.js';
import { DatabaseServer } from '../src/request/database-server.service.js';
import { SpoolDirectory } from '../src/answers/spool-directory.service.js';
import { SpoolHealth } from '../src/answers/spool-health.service.js';
import { SpoolIndex } from '../src/answers/spool-index.service.js';
import { SpoolReplay } from '../src/recovery/spool-replay.service.js';
import { SpoolReconciler } from '../src/recovery/spool-reconciler.service.js';
import { StaleRequestsJob } from '../src/request/stale-requests.job.js';
import { TokenAnswers } from '../src/grant/token-answers.service.js';
import { TokenCall } from '../src/grant/token-call.service.js';
import { TokenGrantSettings } from '../src/token-grant.settings.js';
import { TokenGrants } from '../src/grant/token-grants.service.js';
import { TokenRequestRepository } from '../src/request/token-request.repository.js';
import { TokenSettlement } from '../src/grant/token-settlement.service.js';
import { UnreadableAnswerService } from '../src/grant/unreadable-answer.service.js';

/** One process of the hub. Two of them on one database are two replicas. */
export interface Replica {
  readonly settings: TokenGrantSettings;
  readonly grants: TokenGrants;
  readonly due: DueRefreshes;
  readonly reservations: ReservationService;
  readonly spool: AnswerSpool;
  readonly sealer: TokenSealer;
  readonly recovery: RecoveryJob;
  readonly unreadable: UnreadableAnswersJob;
  readonly stale: StaleRequestsJob;
  readonly events: GrantEvents;
  readonly pause: FailoverPause;
  readonly server: DatabaseServer;
  readonly instances: InstanceService;
  readonly status: GrantStatus;
  readonly own: OwnRequests;
  /** As a start of the application does. */
  start(): Promise<void>;
  /** As the end of the process does, however that comes; what is under way at the bank is not waited for. */
  die(): Promise<void>;
}

/** What the replicas of a test share. */
interface Shared {
  readonly dataSource: DataSource;
  readonly spoolDir: string;
  readonly consents: ConsentRepository;
  readonly vault: TokenVault;
  readonly bank: ScriptedBank;
  readonly longestSilenceMs: number;
  readonly forcedIntervalSeconds: number;
}

/** @returns the replica, and what ends it in order */
export function buildReplica(
  { dataSource, spoolDir, consents, vault, bank, longestSilenceMs, forcedIntervalSeconds }: Shared,
  owner: string,
): Replica & { end(): Promise<void> } {
  const settings = new TokenGrantSettings({
    owner,
    tokenTimeoutMs: 120_000,
    spoolDir,
    spoolRetentionMinutes: 30,
    longestSilenceMs,
    forcedIntervalSeconds,
  });
  const events = new GrantEvents();
  const journal = new TokenRequestRepository(dataSource);
  const [server, own] = [new DatabaseServer(new DatabaseClock(settings)), new OwnRequests(settings)];
  const index = new SpoolIndex();
  const directory = new SpoolDirectory(settings, index);
  const pause = new FailoverPause(server, settings);
  const health = new SpoolHealth(settings, directory, pause);
  const liveness = new ProcessLiveness(settings);
  const instances = new InstanceService(
    new InstanceRepository(dataSource),
    liveness,
    server,
    vault,
    settings,
  );
  const reservations = new ReservationService(dataSource, consents, journal, pause, own);
  const sealer = new TokenSealer(vault, settings);
  const spool = new AnswerSpool(settings, directory, index, sealer, health);
  const settlement = new TokenSettlement(dataSource, consents, journal, sealer, settings);
  const unread = new UnreadableAnswerService(dataSource, consents, journal, sealer, settings);
  const reader = new AnswerReader(sealer, bank, dataSource);
  const answers = new TokenAnswers(reader, settlement, unread, spool, events);
  const call = new TokenCall(sealer, bank, reservations, answers, events);
  const grants = new TokenGrants(reservations, journal, call, answers, new GrantFailures(journal, consents));
  const reconciler = new SpoolReconciler(directory, spool, journal, index, own);
  const replay = new SpoolReplay(reconciler, answers, own, settings, events);
  const requests = new OpenRequestRepository(dataSource);
  const takeover = new RequestTakeover(requests, instances, server, own, answers);
  const recovery = new RecoveryJob(replay, takeover, instances, server, pause);
  const unreadable = new UnreadableAnswersJob(journal, answers, unread);
  return {
    settings,
    grants,
    due: new DueRefreshes(dataSource, grants, pause, own, vault),
    reservations,
    spool,
    sealer,
    recovery,
    unreadable,
    stale: new StaleRequestsJob(dataSource, consents),
    events,
    pause,
    server,
    instances,
    status: new GrantStatus(instances, own, pause, takeover),
    own,
    async start() {
      await recovery.onApplicationBootstrap();
      await unreadable.onApplicationBootstrap();
    },
    async die() {
      await spool.onApplicationShutdown();
      await killed(spoolDir, () => liveness.onApplicationShutdown());
    },
    async end() {
      await recovery.beforeApplicationShutdown();
      await spool.onApplicationShutdown();
      await liveness.onApplicationShutdown();
    },
  };
}

/** Ends a process that has no time to tidy up: what the kernel does not close by itself stays as it was. */
async function killed(spoolDir: string, end: () => Promise<void>): Promise<void> {
  const names = (await readdir(spoolDir)).filter((name) => !name.endsWith('.answers'));
  for (const name of names) await link(path.join(spoolDir, name), path.join(spoolDir, `${name}.kept`));
  await end();
  for (const name of names) await rename(path.join(spoolDir, `${name}.kept`), path.join(spoolDir, name));
}
