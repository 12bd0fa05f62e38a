import {
  CONSENT_EVENT_TYPES,
  DEFAULT_WEBHOOK_EVENT_TYPES,
  EVENT_TYPES,
  type EventType,
} from '@consent-hub/consent';
import { Problem, type Caller } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { WebhooksSettings } from '../config/webhooks.settings.js';
import type { ChangeWebhookRequest } from './change-webhook.request.js';
import type { CreateWebhookRequest } from './create-webhook.request.js';
import { SafeHttpCaller } from './safe-http-caller.js';
import { newWebhookSecret } from './webhook-signature.js';
import { faultOfUrl } from './webhook-url.js';
import { WebhookRepository, type RefusedWebhook, type Webhook } from './webhook.repository.js';
import { EVENT_TYPE_UNKNOWN } from '../http-api/event.problems.js';
import {
  WEBHOOK_ADDRESS_REFUSED,
  WEBHOOK_HOST_UNKNOWN,
  WEBHOOK_LIMIT_REACHED,
  WEBHOOK_NOT_FOUND,
  WEBHOOK_URL_INVALID,
  WEBHOOK_URL_TAKEN,
} from './webhooks.problems.js';

const REFUSED: Record<RefusedWebhook, Problem['details']> = {
  url_taken: WEBHOOK_URL_TAKEN,
  limit_reached: WEBHOOK_LIMIT_REACHED,
};
const UNREACHABLE = { address_refused: WEBHOOK_ADDRESS_REFUSED, dns_failed: WEBHOOK_HOST_UNKNOWN };

/** Sets webhooks up for the client that calls; those of others do not exist for it. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly http: SafeHttpCaller,
    private readonly settings: WebhooksSettings,
  ) {}

  /** @throws Problem of `RECEIVER_PROBLEMS`, `webhook_limit_reached` */
  async create(
    caller: Caller,
    { url, event_types: types, description = null }: CreateWebhookRequest,
  ): Promise<{ webhook: Webhook; secret: Secret }> {
    const eventTypes = types ? readTypes(caller, types) : defaultTypes(caller);
    await this.assertReachable(url);
    const secret = newWebhookSecret();
    const webhook = accepted(await this.webhooks.create(caller.id, { url, eventTypes, description }, secret));
    return { webhook, secret };
  }

  list(caller: Caller): Promise<Webhook[]> {
    return this.webhooks.list(caller.id);
  }

  /** @throws Problem `webhook_not_found` */
  async get(caller: Caller, id: string): Promise<Webhook> {
    return existing(await this.webhooks.find(caller.id, id));
  }

  /** @throws Problem `webhook_not_found`, or of `RECEIVER_PROBLEMS` */
  async change(caller: Caller, id: string, request: ChangeWebhookRequest): Promise<Webhook> {
    const { url, event_types: types, description, state } = request;
    await this.get(caller, id);
    const wishes = {
      ...(url !== undefined && { url }),
      ...(types && { eventTypes: readTypes(caller, types) }),
      ...(description !== undefined && { description }),
      ...(state && { state }),
    };
    if (url !== undefined) await this.assertReachable(url);
    return accepted(existing(await this.webhooks.change(caller.id, id, wishes)));
  }

  /** @throws Problem `webhook_not_found` */
  async delete(caller: Caller, id: string): Promise<void> {
    if (!(await this.webhooks.delete(caller.id, id))) throw new Problem(WEBHOOK_NOT_FOUND);
  }

  /**
   * The secret before signs as well for a day; one from before that no more.
   *
   * @throws Problem `webhook_not_found`
   */
  async rotateSecret(caller: Caller, id: string): Promise<Secret> {
    const secret = newWebhookSecret();
    if (!(await this.webhooks.rotateSecret(caller.id, id, secret))) throw new Problem(WEBHOOK_NOT_FOUND);
    return secret;
  }

  private async assertReachable(url: string): Promise<void> {
    const fault = faultOfUrl(url, this.settings);
    if (fault !== undefined)
      throw new Problem({ ...WEBHOOK_URL_INVALID, errors: [{ field: 'url', detail: fault }] });
    const refusal = await this.http.check(url);
    if (refusal) throw new Problem(UNREACHABLE[refusal]);
  }
}

const seesHub = ({ permissions }: Caller): boolean => permissions.has('admin');

const isOfConsents = (type: EventType): boolean => CONSENT_EVENT_TYPES.some((known) => known === type);

const defaultTypes = (caller: Caller): EventType[] =>
  DEFAULT_WEBHOOK_EVENT_TYPES.filter((type) => seesHub(caller) || isOfConsents(type));

/** @throws Problem `event_type_unknown` */
function readTypes(caller: Caller, given: readonly string[]): EventType[] {
  const seen = EVENT_TYPES.filter((type) => seesHub(caller) || isOfConsents(type));
  if (given.every((type) => seen.some((known) => known === type)))
    return seen.filter((type) => given.includes(type));
  const detail = `must be of ${seen.join(', ')}`;
  throw new Problem({ ...EVENT_TYPE_UNKNOWN, errors: [{ field: 'event_types', detail }] });
}

/** @throws Problem `webhook_not_found` */
function existing<T>(found: T | null): T {
  if (found === null) throw new Problem(WEBHOOK_NOT_FOUND);
  return found;
}

/** @throws Problem `webhook_url_taken`, `webhook_limit_reached` */
function accepted(made: Webhook | RefusedWebhook): Webhook {
  if (typeof made === 'string') throw new Problem(REFUSED[made]);
  return made;
}
