import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { describeError, SoleRun } from '@consent-hub/platform';
import { GrantObserver } from './grant-observer.js';
import { ProcessMark } from './process-mark.js';
import type { SpooledAnswer } from './spooled-answer.js';
import { SpoolWatch, type LostAnswers } from './spool-watch.js';
import { TokenAnswers } from './token-answers.js';
import { SPOOL_SWEEP_MS } from './token-grant.settings.js';
import { TokenJournal } from './token-journal.js';

/**
 * Settles what was heard and is not written down: by a process that died, or because a failover made the database forget it.
 * Idempotent by generation, so several replicas may replay a file, and while its owner lives.
 */
@Injectable()
export class SpoolReplay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SpoolReplay.name);
  private readonly runs = new SoleRun(SpoolReplay.name, () => this.sweep());
  private readonly told = new Set<string>();

  constructor(
    private readonly watch: SpoolWatch,
    private readonly answers: TokenAnswers,
    private readonly journal: TokenJournal,
    private readonly mark: ProcessMark,
    private readonly observer: GrantObserver,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.mark.place();
    await this.compare(true);
  }

  @Interval(SPOOL_SWEEP_MS)
  run(): Promise<void> {
    return this.runs.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.runs.stop();
  }

  /** One look at spool and database; costs next to nothing while they agree. */
  sweep(): Promise<void> {
    return this.compare(false);
  }

  private async compare(all: boolean): Promise<void> {
    const dead = await this.mark.dead();
    // All that the dead ever wrote is there to be read.
    const lost = await (all || dead.length > 0 ? this.watch.lookAtAll() : this.watch.look());
    await this.replay(lost);
    this.watch.replayed();
    await this.watch.prune();
    for (const { owner, forget } of dead) {
      const ended = await this.journal.endLeasesOf(owner, this.watch.unsettledIds());
      if (ended > 0) this.logger.warn({ msg: 'calls of a dead process are over', owner, count: ended });
      await forget();
    }
  }

  private async replay({ answers, unknown }: LostAnswers): Promise<void> {
    if (unknown > 0) {
      this.logger.error({ msg: 'the spool holds answers for consents that are not here', count: unknown });
    }
    let settled = 0;
    for (const answer of answers) if (await this.settle(answer)) settled++;
    if (settled === 0) return;
    this.logger.warn({ msg: 'answers settled from the spool', count: settled });
    this.observer.spoolReplayed(settled);
  }

  private async settle(answer: SpooledAnswer): Promise<boolean> {
    const { id, requestId } = answer.request;
    try {
      return (await this.answers.settleFromSpool(answer)).outcome !== 'received';
    } catch (error) {
      if (!this.told.has(id))
        this.logger.error({ msg: 'answer stays in the spool', requestId, error: describeError(error) });
      this.told.add(id);
      return false;
    }
  }
}
