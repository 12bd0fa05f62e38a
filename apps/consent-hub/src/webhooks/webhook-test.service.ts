import { newId, Problem, type Caller } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { HttpSettings } from '../config/http.settings.js';
import type { CallOutcome } from './safe-http-caller.js';
import { WebhookAttemptService } from './webhook-attempt.service.js';
import { WebhookRepository } from './webhook.repository.js';
import { WEBHOOK_NOT_FOUND } from './webhooks.problems.js';

/** Shows whether a receiver takes what the hub sends. */
@Injectable()
export class WebhookTestService {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly attempts: WebhookAttemptService,
    private readonly settings: HttpSettings,
  ) {}

  /**
   * Sends an event of the type `hub.test` at once, whatever the state of the webhook. It is no delivery: it is not repeated, and
   * whether it succeeds does not count.
   *
   * @throws Problem `webhook_not_found`
   */
  async send(
    caller: Caller,
    id: string,
  ): Promise<Pick<CallOutcome, 'status' | 'error'> & { eventId: string }> {
    const isOwn = (await this.webhooks.find(caller.id, id)) !== null;
    const receiver = isOwn && (await this.webhooks.receivers([id])).get(id);
    if (!receiver) throw new Problem(WEBHOOK_NOT_FOUND);
    const eventId = `evt_test_${newId().replaceAll('-', '')}`;
    const now = new Date();
    const body = JSON.stringify({
      specversion: '1.0',
      id: eventId,
      source: this.settings.publicUrl,
      type: 'hub.test',
      time: now.toISOString(),
      datacontenttype: 'application/json',
      data: { webhook_id: id },
    });
    const message = { id: eventId, timestamp: Math.floor(now.getTime() / 1000), body };
    const { status, error } = await this.attempts.send(receiver, message);
    return { eventId, status, error };
  }
}
