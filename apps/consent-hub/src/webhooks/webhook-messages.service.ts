import { EventFeed } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { EventViews } from '../http-api/event.view.js';
import type { ClaimedDelivery } from './webhook-delivery.repository.js';
import { WebhookRepository, type Receiver } from './webhook.repository.js';

/** A delivery with all that is needed to attempt it. */
export interface PreparedDelivery {
  readonly claimed: ClaimedDelivery;
  /** Null: its secret does not open, or it was deleted in the meantime. */
  readonly receiver: Receiver | null;
  /** Null: the event may not be sent any more, since its consent was erased. */
  readonly body: string | null;
}

/** Makes the messages of deliveries when they are sent: nothing of a consent is stored a second time. */
@Injectable()
export class WebhookMessagesService {
  constructor(
    private readonly feed: EventFeed,
    private readonly views: EventViews,
    private readonly webhooks: WebhookRepository,
  ) {}

  async prepare(claimed: readonly ClaimedDelivery[]): Promise<PreparedDelivery[]> {
    const positions = [...new Set(claimed.map(({ position }) => position))];
    const [receivers, events] = await Promise.all([
      this.webhooks.receivers([...new Set(claimed.map(({ webhookId }) => webhookId))]),
      this.feed.at(positions),
    ]);
    // One text for all the webhooks that get the event.
    const bodies = new Map((await this.views.build(events)).map((view) => [view.id, JSON.stringify(view)]));
    return claimed.map((delivery) => ({
      claimed: delivery,
      receiver: receivers.get(delivery.webhookId) ?? null,
      body: bodies.get(delivery.eventId) ?? null,
    }));
  }
}
