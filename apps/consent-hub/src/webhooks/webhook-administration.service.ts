import {
  ApiClientAdministration,
  WebhookAdministration,
  type DeliveryFacts,
  type DeliveryState,
  type WantedReplay,
  type WebhookFacts,
} from '@consent-hub/consent';
import { Problem, type Caller } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookOverviewQuery } from './webhook-overview.query.js';
import { WebhookTestService } from './webhook-test.service.js';
import { newWebhookSecret } from './webhook-signature.js';
import { WebhookRepository } from './webhook.repository.js';
import { WEBHOOK_NOT_FOUND } from './webhooks.problems.js';

/** Acts on a webhook as its own client would: no receiver is sent what its client may not see. */
@Injectable()
export class WebhookAdministrationService extends WebhookAdministration {
  constructor(
    private readonly overview: WebhookOverviewQuery,
    private readonly webhooks: WebhookRepository,
    private readonly sent: WebhookDeliveriesService,
    private readonly tests: WebhookTestService,
    private readonly clients: ApiClientAdministration,
  ) {
    super();
  }

  override list(): Promise<readonly WebhookFacts[]> {
    return this.overview.all();
  }

  override find(id: string): Promise<WebhookFacts | null> {
    return this.overview.find(id);
  }

  override async deliveries(
    id: string,
    page: { readonly state?: DeliveryState; readonly before?: string; readonly limit: number },
  ): Promise<readonly DeliveryFacts[]> {
    const { before: cursor, ...rest } = page;
    return this.sent.list(await this.ownerOf(id), id, { ...rest, ...(cursor !== undefined && { cursor }) });
  }

  override async replay(id: string, wanted: WantedReplay, beforehand: () => Promise<void>): Promise<number> {
    return this.sent.replay(await this.ownerOf(id), id, wanted, beforehand);
  }

  override async test(
    id: string,
  ): Promise<{ readonly status: number | null; readonly error: string | null }> {
    return this.tests.send(await this.ownerOf(id), id);
  }

  override async setState(tx: EntityManager, id: string, state: WebhookFacts['state']): Promise<boolean> {
    const webhook = await this.overview.find(id);
    if (!webhook) return false;
    const changed = await this.webhooks.change(webhook.apiClientId, id, { state }, tx);
    return changed !== null;
  }

  override async rotateSecret(tx: EntityManager, id: string, generation: number): Promise<Secret | null> {
    const webhook = await this.overview.find(id);
    if (!webhook) return null;
    const secret = newWebhookSecret();
    const next = { secret, generation: generation + 1 };
    return (await this.webhooks.replaceSecret(tx, webhook.apiClientId, id, next)) ? secret : null;
  }

  private async ownerOf(id: string): Promise<Caller> {
    const webhook = await this.overview.find(id);
    const client = webhook && (await this.clients.find(webhook.apiClientId));
    if (!client) throw new Problem(WEBHOOK_NOT_FOUND);
    return {
      id: client.id,
      name: client.name,
      permissions: new Set(client.permissions),
      tokenScopes: new Set(client.tokenScopes),
    };
  }
}
