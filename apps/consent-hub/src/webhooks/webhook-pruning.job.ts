import { inBatches, RecurringJob } from '@consent-hub/platform';
import { Injectable, Logger } from '@nestjs/common';
import { WebhooksSettings } from '../config/webhooks.settings.js';
import { WebhookDispatchRepository } from './webhook-dispatch.repository.js';

/** Deliveries removed in one statement. */
const BATCH = 1_000;
/** A run ends soon whatever is left; the next run continues. */
const BATCHES_A_RUN = 200;

/** Removes deliveries that ended long ago, and what is left of webhooks that were deleted or whose client was revoked. Any number of replicas may run it. */
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
    await this.dispatch.deleteRevoked();
    const orphans = await inBatches(BATCH, (size) => this.dispatch.removeOrphans(size), BATCHES_A_RUN);
    await this.dispatch.removeRest();
    const pruned = await inBatches(BATCH, (size) => this.dispatch.prune(days, size), BATCHES_A_RUN);
    if (orphans + pruned > 0)
      this.logger.log({ msg: 'deliveries removed', of_deleted_webhooks: orphans, pruned });
  }
}
