import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebhooksSettings } from '../config/webhooks.settings.js';
import { DeliverySlots } from './delivery-slots.js';
import { EndpointQueue } from './endpoint-queue.js';
import { WebhookAttemptService } from './webhook-attempt.service.js';
import {
  LEASE_SECONDS,
  WebhookDeliveryRepository,
  type ClaimedDelivery,
  type EndedAttempt,
} from './webhook-delivery.repository.js';
import { WebhookMessagesService, type PreparedDelivery } from './webhook-messages.service.js';
import { WebhookTally } from './webhook-tally.js';
import { WorkOnDemand } from './work-on-demand.js';

/** Over connection, request and answer. */
export const ATTEMPT_MS = 15_000;
/** What an attempt and its settling may take at most: one that would outlast its lease is not begun. */
const LEAST_LEASE_LEFT_MS = ATTEMPT_MS + 15_000;
/** How many deliveries of a webhook are claimed, for each that it takes at a time. */
const AHEAD = 2;
/** So many more where its receiver answers quickly. */
const MORE_AHEAD = 6;
/** What is known of a receiver to which nothing is sent for so long is forgotten. */
const FORGOTTEN_AFTER_MS = 60_000;
/** Settled in one statement. */
const MOST_SETTLED = 500;

interface Held extends PreparedDelivery {
  /** Of this process's monotonic clock. */
  readonly claimedAtMs: number;
}

/**
 * Sends what is due. It claims in batches, a little ahead of what each webhook takes at a time, and settles in batches; each webhook
 * has slots of its own, fewer of them while the process is busy.
 */
@Injectable()
export class WebhookDelivererService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookDelivererService.name);
  private readonly queues = new Map<string, EndpointQueue<Held>>();
  private readonly slots: DeliverySlots;
  private readonly underWay = new Set<Promise<void>>();
  private readonly ended: EndedAttempt[] = [];
  private readonly unused: ClaimedDelivery[] = [];
  private readonly claiming = new WorkOnDemand('WebhookClaims', () => this.claim());
  private readonly settling = new WorkOnDemand('WebhookSettlements', () => this.settle());

  constructor(
    private readonly deliveries: WebhookDeliveryRepository,
    private readonly messages: WebhookMessagesService,
    private readonly attempts: WebhookAttemptService,
    private readonly tally: WebhookTally,
    private readonly settings: WebhooksSettings,
  ) {
    this.slots = new DeliverySlots(settings.WEBHOOK_CONCURRENCY);
  }

  /** Settles what could not be settled so far, and begins what is due. Resolves once it is claimed, not once it is sent. */
  async run(): Promise<void> {
    if (this.ended.length + this.unused.length > 0) await this.settling.request();
    await this.claiming.request();
  }

  /** No attempt begins any more; what has not begun is left to other hubs, those under way are awaited and settled. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.claiming.stop();
    for (const queue of this.queues.values())
      this.unused.push(...queue.drain().map(({ claimed }) => claimed));
    await this.settling.request();
    await Promise.all(this.underWay);
    await this.settling.request();
    await this.settling.stop();
  }

  private async claim(): Promise<void> {
    const { WEBHOOK_CONCURRENCY: concurrency } = this.settings;
    const most = AHEAD * concurrency;
    if (this.slots.measure()) for (const queue of this.queues.values()) queue.fill();
    for (const [id, { size, idleMs }] of this.queues)
      if (size === 0 && idleMs > FORGOTTEN_AFTER_MS) this.queues.delete(id);
    // A receiver that answers quickly is given more at a time: fewer statements for each message.
    const held = new Map(
      [...this.queues].map(([id, { size, isQuick }]) => [
        id,
        isQuick ? size - MORE_AHEAD * concurrency : size,
      ]),
    );
    const claimedAtMs = performance.now();
    const claimed = await this.deliveries.claim(most, held);
    if (claimed.length === 0) return;
    try {
      for (const prepared of await this.messages.prepare(claimed))
        this.queueOf(prepared.claimed.webhookId).add({ ...prepared, claimedAtMs });
    } catch (error) {
      // Another hub may be able to, or this one later.
      this.unused.push(...claimed);
      throw error;
    }
  }

  private queueOf(webhookId: string): EndpointQueue<Held> {
    const known = this.queues.get(webhookId);
    if (known) return known;
    const { WEBHOOK_CONCURRENCY: concurrency } = this.settings;
    const queue: EndpointQueue<Held> = new EndpointQueue(
      () => this.slots.count,
      (item) => this.track(this.attempt(item)),
      () => {
        // Before the slots run dry.
        if (queue.size === concurrency || queue.size === 0) void this.claiming.request();
      },
    );
    this.queues.set(webhookId, queue);
    return queue;
  }

  private track(attempt: Promise<void>): Promise<void> {
    const tracked = attempt.finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
    return tracked;
  }

  private async attempt({ claimedAtMs, ...prepared }: Held): Promise<void> {
    const heldMs = performance.now() - claimedAtMs;
    if (LEASE_SECONDS * 1000 - heldMs < LEAST_LEASE_LEFT_MS) this.unused.push(prepared.claimed);
    else {
      const ended = await this.attempts.deliver(prepared, heldMs);
      this.ended.push(ended);
    }
    void this.settling.request();
  }

  private async settle(): Promise<void> {
    await this.release();
    while (this.ended.length > 0) {
      const batch = this.ended.slice(0, MOST_SETTLED);
      // What cannot be settled stays first in line: its lease ends at last, and then it settles nothing.
      const { unblocked, disabled } = await this.deliveries.settle(batch);
      this.ended.splice(0, batch.length);
      this.tally.add(batch, disabled);
      for (const { id, reason } of disabled)
        this.logger.warn({ msg: 'webhook disabled', webhook: id, reason });
      if (unblocked > 0) void this.claiming.request();
    }
  }

  private async release(): Promise<void> {
    const unused = this.unused.slice();
    if (unused.length === 0) return;
    await this.deliveries.release(unused);
    this.unused.splice(0, unused.length);
  }
}
