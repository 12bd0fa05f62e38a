import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { RecurringJob } from '@consent-hub/platform';
import { FailoverPause } from '../request/failover-pause.service.js';
import { InstanceService } from './instance.service.js';
import { RequestTakeover } from './request-takeover.service.js';
import { DatabaseServer } from '../request/database-server.service.js';
import { SpoolReplay } from './spool-replay.service.js';
import { SPOOL_SWEEP_MS } from '../token-grant.settings.js';

const LOOK_WHILE_PAUSED_MS = 250;

/** Brings spool, journal and the other processes together: at the start, every few seconds, and when another server answers. */
@Injectable()
export class RecoveryJob extends RecurringJob {
  protected readonly intervalMs = SPOOL_SWEEP_MS;

  constructor(
    private readonly spool: SpoolReplay,
    private readonly requests: RequestTakeover,
    private readonly instances: InstanceService,
    private readonly server: DatabaseServer,
    private readonly pause: FailoverPause,
  ) {
    super();
    instances.reports(() => spool.answersByKey());
    pause.reliesOn({
      begin: () => this.begin(),
      unconfirmed: () => instances.unconfirmed(),
      othersKnowAnotherSystem: () => instances.othersKnowAnotherSystem(),
    });
    // At once: the sooner the spool is compared with the new run, the sooner the hubs may spend a pair.
    server.onChange(() => void this.run());
  }

  override async onApplicationBootstrap(): Promise<void> {
    await this.pause.ready();
    await super.onApplicationBootstrap();
  }

  /** While pairs may not be spent, it counts when the others confirm. */
  @Interval(LOOK_WHILE_PAUSED_MS)
  look(): Promise<void> {
    return this.pause.isPaused ? this.instances.run() : Promise.resolve();
  }

  protected override work(): Promise<void> {
    return this.sweep();
  }

  /** One comparison of spool and database; costs next to nothing while they agree. The order is that of the protocol: see README.md. */
  async sweep(): Promise<void> {
    const run = await this.instances.look();
    const dead = await this.instances.dead();
    // All that the ended processes ever wrote can be read now.
    const left = await this.spool.replay(dead.length > 0 || !this.server.isConfirmed);
    const leftElsewhere = await this.spool.replayFrom(dead.map(({ spoolDir }) => spoolDir));
    left.push(...leftElsewhere);
    await this.requests.adopt(left);
    if (!this.server.isConfirmed) {
      await this.requests.enterAgain(left);
      await this.confirm(run);
    }
    await this.spool.prune();
    for (const process of dead) await this.requests.takeFromDead(process, left, leftElsewhere);
    const spooled = [...left, ...this.spool.unsettled()];
    await this.requests.takeFromSilent(spooled);
    await this.instances.removeOld();
    await this.requests.closeOwn(spooled);
  }

  private async begin(): Promise<void> {
    await this.instances.join();
    await this.sweep();
  }

  /** The others know of it before this process spends a pair. */
  private async confirm(run: string): Promise<void> {
    if ((await this.instances.look()) !== run) return;
    await this.instances.beat(run);
    this.server.confirm(run);
  }
}
