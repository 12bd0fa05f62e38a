import { WebhookAdministration, type WantedReplay, type WebhookFacts } from '@consent-hub/consent';
import { Problem } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConsoleFailure, notFound } from '../access/console-failure.js';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { AdminActionRepository, type AdminActionName } from '../audit/admin-action.repository.js';

/** Who acts on which webhook, and why. */
export interface WantedWebhookAction {
  readonly session: ConsoleSession;
  readonly webhook: WebhookFacts;
  readonly reason: string;
}

const UNKNOWN_EVENT = new ConsoleFailure(
  404,
  'There is no such event',
  'One of the ids is of no event that the client of the webhook may see, or of one that is kept no more. Nothing was sent.',
);
const NEWER_SECRET = new ConsoleFailure(
  409,
  'Another secret was made in the meantime',
  'This form was opened before the newest secret of the webhook was made, or was sent twice. Nothing was changed by it.',
);

/** What people do about webhooks. Each is recorded in the audit: with what is done, or before anything is sent. */
@Injectable()
export class WebhookActionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly webhooks: WebhookAdministration,
    private readonly actions: AdminActionRepository,
  ) {}

  /** @returns how many deliveries start again @throws ConsoleFailure */
  replay(wanted: WantedWebhookAction, replay: WantedReplay): Promise<number> {
    const beforehand = () => this.note(wanted, 'replay_events', { ...replay });
    return this.webhooks.replay(wanted.webhook.id, replay, beforehand).catch((error: unknown) => {
      throw error instanceof Problem && error.details.code === 'event_unknown' ? UNKNOWN_EVENT : error;
    });
  }

  async test(
    wanted: WantedWebhookAction,
  ): Promise<{ readonly status: number | null; readonly error: string | null }> {
    await this.note(wanted, 'test_webhook');
    return this.webhooks.test(wanted.webhook.id);
  }

  /** @throws ConsoleFailure */
  async setState(wanted: WantedWebhookAction, state: WebhookFacts['state']): Promise<void> {
    const { id } = wanted.webhook;
    await this.dataSource.transaction(async (tx) => {
      if (!(await this.webhooks.setState(tx, id, state))) throw notFound('webhook');
      await this.record(tx, wanted, state === 'enabled' ? 'enable_webhook' : 'disable_webhook');
    });
  }

  /** @param generation of the secret that the person knew of @throws ConsoleFailure */
  rotateSecret(wanted: WantedWebhookAction, generation: number): Promise<Secret> {
    return this.dataSource.transaction(async (tx) => {
      const secret = await this.webhooks.rotateSecret(tx, wanted.webhook.id, generation);
      if (!secret) throw NEWER_SECRET;
      await this.record(tx, wanted, 'rotate_webhook_secret');
      return secret;
    });
  }

  private async note(wanted: WantedWebhookAction, action: AdminActionName, data = {}): Promise<void> {
    await this.dataSource.transaction((tx) => this.record(tx, wanted, action, data));
  }

  private record(
    tx: EntityManager,
    { session, reason, webhook }: WantedWebhookAction,
    action: AdminActionName,
    data: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const of = { webhook_id: webhook.id, client_id: webhook.apiClientId };
    return this.actions.record(tx, session, { action, reason, data: { ...of, ...data } });
  }
}
