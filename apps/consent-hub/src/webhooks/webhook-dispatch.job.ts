import { EventFeed } from '@consent-hub/consent';
import { RecurringJob } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { WebhookDelivererService } from './webhook-deliverer.service.js';
import { WebhookDispatchRepository } from './webhook-dispatch.repository.js';
import { WebhookTally } from './webhook-tally.js';

/** Positions whose deliveries are made in one transaction. Many webhooks may want each of them: fewer after one that failed. */
const MOST_POSITIONS = 5_000;
const LEAST_POSITIONS = 50;

/** Makes deliveries of new events, and has them sent. Any number of replicas may run it: one at a time makes deliveries. */
@Injectable()
export class WebhookDispatchJob extends RecurringJob {
  protected readonly intervalMs = 250;
  private positions = MOST_POSITIONS;
  /** Up to where deliveries were made, at least. */
  private reached = -1;

  constructor(
    private readonly feed: EventFeed,
    private readonly dispatch: WebhookDispatchRepository,
    private readonly deliverer: WebhookDelivererService,
    private readonly tally: WebhookTally,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    try {
      await this.makeDeliveries(await this.feed.advance());
    } finally {
      await this.deliverer.run();
    }
  }

  private async makeDeliveries(final: number): Promise<void> {
    while (this.reached < final) {
      const reached = await this.next(final);
      if (reached === null) return;
      this.reached = reached;
    }
    // Stored, hence final at another hub: the database must not draw it again.
    if (this.reached > final) this.feed.knows(this.reached);
    this.tally.noteCaughtUp();
  }

  private async next(final: number): Promise<number | null> {
    try {
      const reached = await this.dispatch.next(final, this.positions);
      this.positions = Math.min(MOST_POSITIONS, 2 * this.positions);
      return reached;
    } catch (error) {
      this.positions = Math.max(LEAST_POSITIONS, Math.floor(this.positions / 10));
      throw error;
    }
  }
}
