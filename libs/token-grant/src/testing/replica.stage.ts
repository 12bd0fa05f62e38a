import { link, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { ConsentRepository } from '@consent-hub/consent';
import type { ScriptedBank } from '@consent-hub/testing';
import type { TokenVault } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { AnswerReader } from '../answers/answer-reader.js';
import { AnswerSpool } from '../answers/answer-spool.js';
import { DatabaseClock } from '../request/database-clock.js';
import { DueRefreshes } from '../grant/due-refreshes.js';
import { FailoverPause } from '../request/failover-pause.js';
import { GrantFailures } from '../grant/grant-failures.js';
import { NobodyObserves } from '../grant/grant-observer.js';
import { GrantSealer } from '../answers/grant-sealer.js';
import { GrantStatus } from '../recovery/grant-status.js';
import { InstanceRepository } from '../recovery/instance.repository.js';
import { Instances } from '../recovery/instances.js';
import { KeptAnswers } from '../recovery/kept-answers.js';
import { OpenRequestRepository } from '../request/open-requests.repository.js';
import { OwnRequests } from '../request/own-requests.js';
import { PatientWriter } from '../grant/patient-writer.js';
import { ProcessMark } from '../recovery/process-mark.js';
import { RecoveryJob } from '../recovery/recovery.job.js';
import { RequestTakeover } from '../recovery/request-takeover.js';
import { Reservations } from '../request/reservations.js';
import { ServerRun } from '../request/server-run.js';
import { SpoolDirectory } from '../answers/spool-directory.js';
import { SpoolHealth } from '../answers/spool-health.js';
import { SpoolIndex } from '../answers/spool-index.js';
import { SpoolReplay } from '../recovery/spool-replay.js';
import { SpoolWatch } from '../recovery/spool-watch.js';
import { StaleRequests } from '../request/stale-requests.js';
import { TokenAnswers } from '../grant/token-answers.js';
import { TokenCall } from '../grant/token-call.js';
import { TokenGrantSettings } from '../token-grant.settings.js';
import { TokenGrants } from '../grant/token-grants.js';
import { TokenJournal } from '../request/token-journal.js';
import { TokenSettlement } from '../grant/token-settlement.js';
import { UnreadAnswers } from '../grant/unread-answers.js';

/** One process of the hub. Two of them on one database are two replicas. */
export interface Replica {
  readonly settings: TokenGrantSettings;
  readonly grants: TokenGrants;
  readonly due: DueRefreshes;
  readonly reservations: Reservations;
  readonly spool: AnswerSpool;
  readonly sealer: GrantSealer;
  readonly recovery: RecoveryJob;
  readonly kept: KeptAnswers;
  readonly stale: StaleRequests;
  readonly observer: NobodyObserves;
  readonly pause: FailoverPause;
  readonly server: ServerRun;
  readonly instances: Instances;
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
}

/** @returns the replica, and what ends it in order */
export function buildReplica(
  { dataSource, spoolDir, consents, vault, bank, longestSilenceMs }: Shared,
  owner: string,
): Replica & { end(): Promise<void> } {
  const settings = new TokenGrantSettings({
    owner,
    tokenTimeoutMs: 120_000,
    spoolDir,
    spoolRetentionMinutes: 30,
    longestSilenceMs,
  });
  const observer = new NobodyObserves();
  const journal = new TokenJournal(dataSource);
  const [server, own] = [new ServerRun(new DatabaseClock(settings)), new OwnRequests(settings)];
  const index = new SpoolIndex();
  const directory = new SpoolDirectory(settings, index);
  const pause = new FailoverPause(server, settings);
  const health = new SpoolHealth(settings, directory, pause);
  const mark = new ProcessMark(settings);
  const instances = new Instances(new InstanceRepository(dataSource), mark, server, vault, settings);
  const reservations = new Reservations(dataSource, journal, pause, own);
  const sealer = new GrantSealer(vault, settings);
  const spool = new AnswerSpool(settings, directory, index, sealer, health);
  const settlement = new TokenSettlement(dataSource, consents, journal, sealer, settings);
  const unread = new UnreadAnswers(dataSource, consents, journal, sealer, settings);
  const reader = new AnswerReader(sealer, bank, dataSource);
  const answers = new TokenAnswers(reader, settlement, unread, spool, new PatientWriter(observer));
  const call = new TokenCall(sealer, bank, answers, observer, own);
  const grants = new TokenGrants(reservations, journal, call, answers, new GrantFailures(journal, consents));
  const watch = new SpoolWatch(directory, spool, journal, index, own);
  const replay = new SpoolReplay(watch, answers, own, settings, observer);
  const requests = new OpenRequestRepository(dataSource);
  const takeover = new RequestTakeover(requests, instances, server, own, answers);
  const recovery = new RecoveryJob(replay, takeover, instances, server, pause);
  const kept = new KeptAnswers(journal, answers, unread);
  return {
    settings,
    grants,
    due: new DueRefreshes(dataSource, grants, pause, own, vault),
    reservations,
    spool,
    sealer,
    recovery,
    kept,
    stale: new StaleRequests(dataSource, consents),
    observer,
    pause,
    server,
    instances,
    status: new GrantStatus(instances, own, pause, takeover),
    own,
    async start() {
      await recovery.onApplicationBootstrap();
      await kept.onApplicationBootstrap();
    },
    async die() {
      await spool.onApplicationShutdown();
      await killed(spoolDir, () => mark.onApplicationShutdown());
    },
    async end() {
      await recovery.beforeApplicationShutdown();
      await spool.onApplicationShutdown();
      await mark.onApplicationShutdown();
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
