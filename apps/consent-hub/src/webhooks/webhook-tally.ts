import {
  WebhookFigures,
  type FailingWebhook,
  type WaitingDeliveries,
  type WebhookCounts,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import type { DisabledWebhook, EndedAttempt } from './webhook-delivery.repository.js';
import { WebhookDispatchRepository } from './webhook-dispatch.repository.js';
import { WebhookRepository } from './webhook.repository.js';

/** Beyond it the figure says only: very many. */
const MOST_COUNTED = 100_000;

/** Counts deliveries by their results, for the figures of the hub. */
@Injectable()
export class WebhookTally extends WebhookFigures {
  private readonly ended = { delivered: 0, failed: 0, pending: 0, skipped: 0 };
  private readonly disabled = { gone: 0, failing: 0 };
  private caughtUpAtMs = performance.now();

  constructor(
    private readonly dispatch: WebhookDispatchRepository,
    private readonly webhooks: WebhookRepository,
  ) {
    super();
  }

  add(ended: readonly EndedAttempt[], disabled: readonly DisabledWebhook[]): void {
    for (const { result } of ended) this.ended[result]++;
    for (const { reason } of disabled) this.disabled[reason]++;
  }

  /** Deliveries are made of all events that there are. */
  noteCaughtUp(): void {
    this.caughtUpAtMs = performance.now();
  }

  override counts(): WebhookCounts {
    const { delivered, failed, pending: retried } = this.ended;
    const dispatchLagSeconds = (performance.now() - this.caughtUpAtMs) / 1000;
    return { delivered, failed, retried, disabled: { ...this.disabled }, dispatchLagSeconds };
  }

  override waiting(): Promise<WaitingDeliveries> {
    return this.dispatch.figures(MOST_COUNTED);
  }

  override failing(): Promise<readonly FailingWebhook[]> {
    return this.webhooks.failing();
  }
}
