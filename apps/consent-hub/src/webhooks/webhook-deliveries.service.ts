import { EventFeed, parseEventId, type DeliveryFacts, type EventKey } from '@consent-hub/consent';
import { INVALID_INPUT, Problem, type Caller } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import type { ListDeliveriesRequest } from './list-deliveries.request.js';
import type { ReplayEventsRequest } from './replay-events.request.js';
import { WebhookDeliveryRepository } from './webhook-delivery.repository.js';
import { WebhookDispatchRepository } from './webhook-dispatch.repository.js';
import { WebhookRepository } from './webhook.repository.js';
import { EVENT_UNKNOWN } from '../http-api/event.problems.js';
import { WEBHOOK_NOT_FOUND } from './webhooks.problems.js';

/** Positions, or deliveries that were given up, that are scheduled in one transaction. */
const AT_ONCE = 2_000;

/** What a client sees of the deliveries to its webhooks, and what it can have sent. */
@Injectable()
export class WebhookDeliveriesService {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly deliveries: WebhookDeliveryRepository,
    private readonly dispatch: WebhookDispatchRepository,
    private readonly feed: EventFeed,
  ) {}

  /** @throws Problem `webhook_not_found` */
  async list(caller: Caller, id: string, request: ListDeliveriesRequest): Promise<DeliveryFacts[]> {
    await this.assertOwn(caller, id);
    const { state, cursor: before, limit } = request;
    return this.deliveries.list(id, {
      ...(state && { state }),
      ...(before !== undefined && { before }),
      limit,
    });
  }

  /**
   * Starts deliveries again, in the order of their events; those under way are not changed.
   *
   * @param beforehand called once it is clear that they can be begun, and before any is
   * @returns how many
   * @throws Problem `webhook_not_found`, `event_unknown`, `invalid_input`
   */
  async replay(
    caller: Caller,
    id: string,
    request: ReplayEventsRequest,
    beforehand: () => Promise<void> = () => Promise.resolve(),
  ): Promise<number> {
    const { after, event_ids: eventIds, state } = request;
    if ([after, eventIds, state].filter((given) => given !== undefined).length !== 1)
      throw new Problem({
        ...INVALID_INPUT,
        detail: 'Exactly one of after, event_ids and state must be given.',
        errors: ['after', 'event_ids', 'state'].map((field) => ({ field, detail: 'must be given alone' })),
      });
    await this.assertOwn(caller, id);
    const from = after === undefined ? null : await this.known(caller, after);
    const positions = eventIds ? await this.positionsOf(caller, eventIds) : null;
    await beforehand();
    if (from) return this.replayAfter(id, from);
    return positions ? this.dispatch.replayEvents(id, positions) : this.replayFailed(id);
  }

  /** Later events than those of now come by themselves. */
  private async replayAfter(id: string, { position }: EventKey): Promise<number> {
    const last = await this.dispatch.position();
    let scheduled = 0;
    for (let from = position; from < last; from += AT_ONCE)
      scheduled += await this.dispatch.replay(id, { after: from, upTo: Math.min(last, from + AT_ONCE) });
    return scheduled;
  }

  private async positionsOf(caller: Caller, eventIds: readonly string[]): Promise<number[]> {
    const keys = [...new Set(eventIds)].map((eventId) => parseEventId(eventId));
    const positions = keys.flatMap((key) => (key ? [key.position] : []));
    const events = new Map((await this.feed.at(positions)).map((event) => [event.id, event]));
    const isKnown = eventIds.every((eventId) => {
      const event = events.get(eventId);
      return event && (caller.permissions.has('admin') || event.apiClientId === caller.id);
    });
    if (!isKnown || !(await this.isDispatched(Math.max(...positions)))) throw new Problem(EVENT_UNKNOWN);
    return positions;
  }

  /** Deliveries of an event are made in the order of events first, and only then anew. */
  private async isDispatched(position: number): Promise<boolean> {
    if ((await this.dispatch.position()) >= position) return true;
    const reached = await this.dispatch.next(await this.feed.advance(), AT_ONCE);
    return reached !== null && reached >= position;
  }

  private async replayFailed(id: string): Promise<number> {
    const before = await this.dispatch.now();
    for (let scheduled = 0; ;) {
      const batch = await this.dispatch.replayFailed(id, before, AT_ONCE);
      scheduled += batch;
      if (batch < AT_ONCE) return scheduled;
    }
  }

  private async known(caller: Caller, eventId: string): Promise<EventKey> {
    const key = parseEventId(eventId);
    const client = caller.permissions.has('admin') ? undefined : caller.id;
    if (!key || !(await this.feed.has(key, client))) throw new Problem(EVENT_UNKNOWN);
    return key;
  }

  private async assertOwn(caller: Caller, id: string): Promise<void> {
    if (!(await this.webhooks.find(caller.id, id))) throw new Problem(WEBHOOK_NOT_FOUND);
  }
}
