import { RecurringJob } from '@consent-hub/platform';
import { Injectable, Logger } from '@nestjs/common';
import { WebhooksSettings } from '../config/webhooks.settings.js';
import { WebhookDispatchRepository } from './webhook-dispatch.repository.js';

/** Deliveries removed in one statement. */
const BATCH = 1_000;
/** A run ends soon whatever is left; the next one goes on. */
const BATCHES_A_RUN = 200;

/** Removes deliveries that ended long ago, and what is left of webhooks that were deleted. Any number of replicas may run it. */
@Injectable()
export class WebhookPruningJob extends RecurringJob {
  protected readonly intervalMs = 60_000;
  private readonly logger = new Logger(WebhookPruningJob.name);

  constructor(
    private readonly dispatch: WebhookDispatchRepository,
    private readonly settings: WebhooksSettings,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    const { WEBHOOK_DELIVERY_RETENTION_DAYS: days } = this.settings;
    const orphans = await inBatches(() => this.dispatch.removeOrphans(BATCH));
    await this.dispatch.removeRest();
    const pruned = await inBatches(() => this.dispatch.prune(days, BATCH));
    if (orphans + pruned > 0)
      this.logger.log({ msg: 'deliveries removed', of_deleted_webhooks: orphans, pruned });
  }
}

async function inBatches(next: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < BATCHES_A_RUN; batch++) {
    const done = await next();
    total += done;
    if (done < BATCH) break;
  }
  return total;
}
