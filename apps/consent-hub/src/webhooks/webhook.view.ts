import {
  DELIVERY_STATES,
  EVENT_TYPES,
  type DeliveryFacts,
  type DeliveryState,
  type EventType,
} from '@consent-hub/consent';
import { ApiProperty } from '@nestjs/swagger';
import { WEBHOOK_STATES } from './change-webhook.request.js';
import { DISABLED_REASONS, type DisabledReason, type Webhook } from './webhook.repository.js';

const EVENT_ID = 'evt_4711_5f0c9a1e';

export class WebhookView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uri', example: 'https://receiver.example/consent-events' })
  url: string;

  @ApiProperty({ enum: EVENT_TYPES, isArray: true, example: ['consent.failed', 'consent.expiring'] })
  event_types: readonly EventType[];

  @ApiProperty({ type: String, nullable: true, example: 'mails to customers' })
  description: string | null;

  @ApiProperty({ enum: WEBHOOK_STATES, example: 'enabled' })
  state: Webhook['state'];

  @ApiProperty({
    type: String,
    enum: [...DISABLED_REASONS, null],
    nullable: true,
    description:
      'Why it is disabled: `by_client`; `gone`: the receiver answered 410; `failing`: nothing was delivered for five days',
    example: null,
  })
  disabled_reason: DisabledReason | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The first failure after the last success; null: the last attempt succeeded',
    example: null,
  })
  failing_since: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class WebhookSecretView {
  @ApiProperty({
    description: 'Signs what is sent, shown this once. `whsec_` and 32 bytes in base64, by Standard Webhooks',
    example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD2ZcCqNLJQ5M=',
  })
  secret: string;
}

export class CreatedWebhookView extends WebhookView {
  @ApiProperty({
    description: 'Signs what is sent, shown this once. `whsec_` and 32 bytes in base64, by Standard Webhooks',
    example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD2ZcCqNLJQ5M=',
  })
  secret: string;
}

export class WebhookList {
  @ApiProperty({ type: [WebhookView], description: 'Oldest first' })
  items: WebhookView[];
}

export class WebhookTestView {
  @ApiProperty({
    description: 'Of the event `hub.test`',
    example: 'evt_test_0199f3c87c1e7a409d6e2f5b8a1c4e70',
  })
  event_id: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'HTTP status; null: no answer came',
    example: 204,
  })
  status: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null after 2xx; else why it failed, in one word: `http_500`, `timeout`, `tls_failed`, …',
    example: null,
  })
  error: string | null;
}

export class DeliveryView {
  @ApiProperty({ example: EVENT_ID })
  event_id: string;

  @ApiProperty({ enum: EVENT_TYPES, example: 'consent.failed' })
  event_type: EventType;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Id of the consent' })
  subject: string | null;

  @ApiProperty({ enum: DELIVERY_STATES, description: '`failed`: given up', example: 'pending' })
  state: DeliveryState;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'That began', example: 2 })
  attempts: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'HTTP status of the last one', example: 503 })
  last_status: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last one failed, in one word',
    example: 'http_503',
  })
  last_error: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'Of pending ones: at the earliest, once earlier events of the consent are delivered or given up',
  })
  next_attempt_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  delivered_at: string | null;
}

export class DeliveryList {
  @ApiProperty({ type: [DeliveryView], description: 'Newest events first' })
  items: DeliveryView[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'For the next page, as `cursor`; null after the last one',
    example: '4711',
  })
  next_cursor: string | null;
}

export class ScheduledView {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Deliveries that begin anew', example: 3 })
  scheduled: number;
}

export const toWebhookView = (webhook: Webhook): WebhookView => ({
  id: webhook.id,
  url: webhook.url,
  event_types: webhook.eventTypes,
  description: webhook.description,
  state: webhook.state,
  disabled_reason: webhook.disabledReason,
  failing_since: webhook.failingSince?.toISOString() ?? null,
  created_at: webhook.createdAt.toISOString(),
});

/** @param limit how many were asked for: with fewer, this is the last page */
export const toDeliveryList = (deliveries: readonly DeliveryFacts[], limit: number): DeliveryList => ({
  items: deliveries.map(toDeliveryView),
  next_cursor: deliveries.length < limit ? null : String(deliveries.at(-1)?.position ?? ''),
});

const toDeliveryView = (delivery: DeliveryFacts): DeliveryView => ({
  event_id: delivery.eventId,
  event_type: delivery.eventType,
  subject: delivery.consentId,
  state: delivery.state,
  attempts: delivery.attempts,
  last_status: delivery.lastStatus,
  last_error: delivery.lastError,
  next_attempt_at: delivery.state === 'pending' ? delivery.dueAt.toISOString() : null,
  delivered_at: delivery.state === 'delivered' ? (delivery.endedAt?.toISOString() ?? null) : null,
});
