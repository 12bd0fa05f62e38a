import type { Secret } from '@consent-hub/psd2-protocol';
import type { EntityManager } from 'typeorm';
import type { EventType } from './events/event-types.js';

/** How a delivery stands; `failed`: given up. */
export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** An event on its way to a webhook. */
export interface DeliveryFacts {
  /** Place of the event in the order of all. */
  readonly position: number;
  readonly eventId: string;
  readonly eventType: EventType;
  readonly consentId: string | null;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Of the last attempt. */
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  /** Of the next attempt. */
  readonly dueAt: Date;
  readonly endedAt: Date | null;
}

export interface WebhookFacts {
  readonly id: string;
  readonly apiClientId: string;
  readonly url: string;
  readonly eventTypes: readonly EventType[];
  readonly description: string | null;
  readonly state: 'enabled' | 'disabled';
  readonly disabledReason: string | null;
  /** The first failure after the last success; null: the last attempt succeeded. */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  readonly secretGeneration: number;
  /** Deliveries that wait, and that were given up: each counted up to `MOST_DELIVERIES_COUNTED`. */
  readonly pending: number;
  readonly failed: number;
  readonly last: Pick<DeliveryFacts, 'state' | 'lastStatus' | 'lastError' | 'endedAt' | 'dueAt'> | null;
}

export const MOST_DELIVERIES_COUNTED = 1_000;

/** What is sent again: exactly one of the three. */
export interface WantedReplay {
  /** Events after this one. */
  readonly after?: string;
  readonly event_ids?: string[];
  /** All that were given up. */
  readonly state?: 'failed';
}

/** Webhooks of all API clients, for people. Where features meet: console asks, webhooks answers. */
export abstract class WebhookAdministration {
  /** Oldest first. */
  abstract list(): Promise<readonly WebhookFacts[]>;

  abstract find(id: string): Promise<WebhookFacts | null>;

  /** Newest events first. @param before a position; absent: from the newest on */
  abstract deliveries(
    id: string,
    page: { readonly state?: DeliveryState; readonly before?: string; readonly limit: number },
  ): Promise<readonly DeliveryFacts[]>;

  /**
   * Begins deliveries anew.
   *
   * @param beforehand called once it is clear that they can be, and before any is
   * @returns how many
   * @throws Problem `event_unknown`, `webhook_not_found`
   */
  abstract replay(id: string, wanted: WantedReplay, beforehand: () => Promise<void>): Promise<number>;

  /**
   * Sends a test, whatever the state of the webhook. It is no delivery.
   *
   * @throws Problem `webhook_not_found`
   */
  abstract test(id: string): Promise<{ readonly status: number | null; readonly error: string | null }>;

  /** @returns false where there is no such webhook */
  abstract setState(tx: EntityManager, id: string, state: WebhookFacts['state']): Promise<boolean>;

  /**
   * The secret before signs as well for a day; one from before that no more.
   *
   * @param generation of the secret that is known to be the current one
   * @returns the new one; null where another one has taken its place since then, or there is no such webhook
   */
  abstract rotateSecret(tx: EntityManager, id: string, generation: number): Promise<Secret | null>;
}
