import { Injectable, Logger } from '@nestjs/common';
import { TimelinePartitions } from '@consent-hub/consent';
import { RecurringJob } from '@consent-hub/platform';
import { TimelineSettings } from '../config/timeline.settings.js';

/** Makes the partitions of timelines some months ahead. Any number of replicas may run it. */
@Injectable()
export class TimelinePartitionsJob extends RecurringJob {
  /** Partitions exist for two months ahead: a run that does not get its lock has no effect. */
  protected readonly intervalMs = 3_600_000;
  private readonly logger = new Logger(TimelinePartitionsJob.name);

  constructor(
    private readonly partitions: TimelinePartitions,
    private readonly settings: TimelineSettings,
  ) {
    super();
  }

  /** A hub that is restarted every hour would never do it. */
  override async onApplicationBootstrap(): Promise<void> {
    await super.onApplicationBootstrap();
    void this.run();
  }

  protected override async work(): Promise<void> {
    try {
      const added = await this.partitions.addAhead();
      if (added > 0) this.logger.log({ msg: 'partitions of timelines added', partitions: added });
    } finally {
      const { hasUnpartitioned } = await this.partitions.look(this.settings.TIMELINE_RETENTION_MONTHS);
      if (hasUnpartitioned)
        this.logger.warn({ msg: 'entries of timelines lie in the default partition: their month has none' });
    }
  }
}
