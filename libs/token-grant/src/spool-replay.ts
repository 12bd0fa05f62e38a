import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { describeError, SoleRun } from '@consent-hub/platform';
import { DatabaseClock } from './database-clock.js';
import { FailoverPause } from './failover-pause.js';
import { GrantObserver } from './grant-observer.js';
import type { GrantOutcome } from './grant-outcome.js';
import { GrantStatus } from './grant-status.js';
import { InstanceRepository } from './instance.repository.js';
import { Instances } from './instances.js';
import { OwnRequests } from './own-requests.js';
import type { DeadProcess } from './process-mark.js';
import { ServerRun } from './server-run.js';
import { SpoolDirectory } from './spool-directory.js';
import { SpoolIndex } from './spool-index.js';
import type { SpooledAnswer, SpooledRequest } from './spooled-answer.js';
import { SpoolWatch, type LostAnswers } from './spool-watch.js';
import { TokenAnswers } from './token-answers.js';
import { SPOOL_SWEEP_MS, TokenGrantSettings } from './token-grant.settings.js';
import { TokenJournal } from './token-journal.js';

const LOOK_WHILE_PAUSED_MS = 250;

/**
 * Settles what was answered and is not settled: by a process that died, or because a failover made the database forget it; and
 * takes over the requests that dead and silent processes have left. Idempotent by generation, so several processes may replay
 * a file, and while its owner lives.
 */
@Injectable()
export class SpoolReplay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SpoolReplay.name);
  private readonly runs = new SoleRun(SpoolReplay.name, () => this.sweep());
  private readonly logged = new Set<string>();

  constructor(
    private readonly watch: SpoolWatch,
    private readonly answers: TokenAnswers,
    private readonly journal: TokenJournal,
    private readonly instances: Instances,
    private readonly instanceRows: InstanceRepository,
    private readonly server: ServerRun,
    private readonly pause: FailoverPause,
    private readonly clock: DatabaseClock,
    private readonly own: OwnRequests,
    private readonly settings: TokenGrantSettings,
    private readonly observer: GrantObserver,
    private readonly status: GrantStatus,
  ) {
    pause.beginsWith(() => this.begin());
    // At once: the sooner the spool is compared with the new run, the sooner anybody may spend a pair.
    server.onChange(() => void this.runs.start());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.pause.ready();
  }

  @Interval(SPOOL_SWEEP_MS)
  run(): Promise<void> {
    return this.runs.start();
  }

  /** While pairs may not be spent, it counts when the others confirm. */
  @Interval(LOOK_WHILE_PAUSED_MS)
  look(): Promise<void> {
    return this.pause.isPaused ? this.instances.run() : Promise.resolve();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.runs.stop();
  }

  /** One look at spool and database; costs next to nothing while they agree. */
  async sweep(): Promise<void> {
    const run = await this.instanceRows.readRun();
    this.server.saw(run);
    const dead = await this.instances.dead();
    // All that the dead ever wrote is there to be read.
    const isAll = dead.length > 0 || !this.server.isConfirmed;
    const left = await this.replay(await (isAll ? this.watch.lookAtAll() : this.watch.look()));
    const elsewhere = new Set(dead.map(({ spoolDir }) => spoolDir));
    elsewhere.delete(this.settings.spoolDir);
    const leftElsewhere: SpooledRequest[] = [];
    for (const spoolDir of elsewhere) leftElsewhere.push(...(await this.replayFrom(spoolDir)));
    left.push(...leftElsewhere);
    await this.journal.adopt(idsOf(left), this.settings.owner);
    if (!this.server.isConfirmed) await this.confirm(run, left);
    await this.watch.prune();
    for (const process of dead) await this.takeFromDead(process, left, leftElsewhere);
    const spooled = [...idsOf(left), ...idsOf(this.watch.unsettled())];
    await this.takeFromSilent(spooled);
    await this.instances.removeOld();
    await this.closeOwn(spooled);
  }

  private async begin(): Promise<void> {
    await this.instances.join();
    await this.sweep();
  }

  /** What could not be settled, and what is under way, stands in the journal of that run before it is confirmed. */
  private async confirm(run: string, left: readonly SpooledRequest[]): Promise<void> {
    const { owner } = this.settings;
    await this.journal.enterAgain([...this.own.underWay(), ...left], 'sent', owner);
    await this.journal.enterAgain(this.own.inDoubt(), 'in_doubt', owner);
    if ((await this.instanceRows.readRun()) !== run) return;
    await this.instances.beat(run);
    this.server.confirm(run);
  }

  /** @returns what could not be settled */
  private async replay({ answers, unknown }: LostAnswers): Promise<SpooledRequest[]> {
    if (unknown > 0) {
      this.logger.error({ msg: 'the spool holds answers for consents that are not here', count: unknown });
    }
    const left: SpooledRequest[] = [];
    let stored = 0;
    for (const answer of answers) {
      const outcome = await this.settle(answer);
      if (outcome === null) left.push(answer.request);
      else if (outcome !== 'received') stored++;
    }
    if (stored === 0) return left;
    this.logger.warn({ msg: 'answers settled from the spool', count: stored });
    this.observer.spoolReplayed(stored);
    return left;
  }

  private replayFrom(spoolDir: string): Promise<SpooledRequest[]> {
    const directory = new SpoolDirectory({ ...this.settings, spoolDir }, new SpoolIndex());
    return this.watch.lookInto(directory).then((lost) => this.replay(lost));
  }

  /** @returns null when it could not be settled */
  private async settle(answer: SpooledAnswer): Promise<GrantOutcome | null> {
    const { id, requestId } = answer.request;
    try {
      const { outcome } = await this.answers.settleFromSpool(answer);
      this.own.settled(answer.request);
      return outcome;
    } catch (error) {
      if (!this.logged.has(id))
        this.logger.error({ msg: 'answer stays in the spool', requestId, error: describeError(error) });
      this.logged.add(id);
      return null;
    }
  }

  /** What it has left in another directory is looked for there until all of it is settled. */
  private async takeFromDead(
    { owner, forget }: DeadProcess,
    left: readonly SpooledRequest[],
    leftElsewhere: readonly SpooledRequest[],
  ): Promise<void> {
    const taken = await this.journal.takeFromDead(owner, idsOf(left));
    if (taken > 0) this.logger.warn({ msg: 'calls of a dead process are over', owner, count: taken });
    this.status.noteTakenOver(taken);
    if (leftElsewhere.some((request) => request.owner === owner)) return;
    await forget();
    this.instances.noteSettled(owner);
  }

  private async takeFromSilent(spooled: readonly string[]): Promise<void> {
    this.instances.noteOwners(await this.journal.ownersUnderWay());
    const silent = this.instances.silent();
    if (silent.length === 0) return;
    const taken = await this.journal.takeFromSilent(silent, spooled, this.clock.latestMs);
    if (taken > 0) {
      const owners = silent.map(({ owner }) => owner);
      this.logger.warn({ msg: 'requests of silent processes taken over', owners, count: taken });
    }
    this.status.noteTakenOver(taken);
  }

  /**
   * What the server believes to be under way in this process, and is not: it was never sent, or a failover has forgotten its end.
   * Ids are known here before they are in the journal.
   */
  private async closeOwn(spooled: readonly string[]): Promise<void> {
    const open = await this.journal.underWayOf(this.settings.owner);
    const over = open.filter((id) => !this.own.isOpen(id) && !spooled.includes(id));
    const unsent = over.filter((id) => this.own.isCutOff(id));
    const ended = over.filter((id) => !this.own.isCutOff(id));
    if (over.length > 0) {
      await this.journal.closeUnsent(unsent);
      await this.journal.doubtEnded(ended);
      this.logger.warn({ msg: 'own requests closed', neverSent: unsent.length, endForgotten: ended.length });
    }
    for (const request of this.own.left()) {
      if (spooled.includes(request.id)) continue;
      await this.answers.doubt(request);
      this.own.doubted(request);
    }
  }
}

const idsOf = (requests: readonly SpooledRequest[]): string[] => requests.map(({ id }) => id);
