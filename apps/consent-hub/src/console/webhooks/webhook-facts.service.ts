import {
  ApiClientNames,
  WebhookAdministration,
  type DeliveryFacts,
  type DeliveryState,
  type WebhookFacts,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { notFound } from '../access/console-failure.js';

const PER_PAGE = 50;

/** A webhook with the name of its client. */
export interface NamedWebhook {
  readonly webhook: WebhookFacts;
  readonly client: string;
}

export interface WebhookDetail extends NamedWebhook {
  readonly asOf: Date;
  readonly deliveries: readonly DeliveryFacts[];
  /** Where the next page begins; null after the last one. */
  readonly next: number | null;
}

/** Reads webhooks and the results of their deliveries. */
@Injectable()
export class WebhookFactsService {
  constructor(
    private readonly webhooks: WebhookAdministration,
    private readonly names: ApiClientNames,
  ) {}

  async list(): Promise<readonly NamedWebhook[]> {
    const webhooks = await this.webhooks.list();
    const names = await this.names.ofIds(webhooks.map(({ apiClientId }) => apiClientId));
    return webhooks.map((webhook) => ({
      webhook,
      client: names.get(webhook.apiClientId) ?? webhook.apiClientId,
    }));
  }

  /** @throws ConsoleFailure where there is no such webhook */
  async get(id: string): Promise<NamedWebhook> {
    const webhook = await this.webhooks.find(id);
    if (!webhook) throw notFound('webhook');
    const names = await this.names.ofIds([webhook.apiClientId]);
    return { webhook, client: names.get(webhook.apiClientId) ?? webhook.apiClientId };
  }

  /** @throws ConsoleFailure where there is no such webhook */
  async read(id: string, state: DeliveryState | null, before: string | null): Promise<WebhookDetail> {
    const asOf = new Date();
    const named = await this.get(id);
    const found = await this.webhooks.deliveries(id, {
      ...(state && { state }),
      ...(before !== null && { before }),
      limit: PER_PAGE + 1,
    });
    const deliveries = found.slice(0, PER_PAGE);
    const next = found.length > PER_PAGE ? (deliveries.at(-1)?.position ?? null) : null;
    return { asOf, ...named, deliveries, next };
  }
}
