import { HubEvents, type DeliveryFacts, type DeliveryState } from '@consent-hub/consent';
import { newId, runNamed } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { DisabledReason } from './webhook.repository.js';
import {
  CLAIM_DELIVERIES,
  NOTE_HEALTH,
  RELEASE_DELIVERIES,
  SETTLE_DELIVERIES,
  SHARE_ORDER,
} from './webhook.statements.js';

/** Longer than an attempt and the wait before it: a hub that was killed keeps what it claimed for so long. */
export const LEASE_SECONDS = 60;
/** A webhook all of whose deliveries failed for so long is disabled. */
export const FAILING_DAYS = 5;

/** A delivery that this hub, and no other, may attempt until its lease ends. */
export interface ClaimedDelivery {
  readonly webhookId: string;
  /** Of the event. */
  readonly position: number;
  readonly eventId: string;
  readonly lease: string;
  /** This one included. */
  readonly attempts: number;
  /** When it was claimed, by the database: seconds since 1970. */
  readonly claimedAtSeconds: number;
}

/** How an attempt ended. */
export interface EndedAttempt extends Pick<ClaimedDelivery, 'webhookId' | 'position' | 'lease'> {
  /** `skipped`: nothing was sent, since the event may not be sent any more. */
  readonly result: 'delivered' | 'failed' | 'pending' | 'skipped';
  /** Until the next attempt, of `pending`. */
  readonly seconds: number | null;
  readonly status: number | null;
  readonly error: string | null;
}

/** A webhook that was disabled since it failed. */
export interface DisabledWebhook {
  readonly id: string;
  readonly reason: Exclude<DisabledReason, 'by_client'>;
}

interface ClaimedRow {
  readonly webhook_id: string;
  readonly position: string;
  readonly event_id: string;
  readonly attempts: number;
  readonly now_seconds: number;
}

interface DisabledRow {
  readonly id: string;
  readonly api_client_id: string;
  readonly url: string;
  readonly disabled_reason: DisabledWebhook['reason'] | null;
  readonly failing_since: Date | null;
}

const LIST = `
  SELECT position::float8 AS position, event_id AS "eventId", event_type AS "eventType", consent_id AS "consentId", state, attempts,
         last_status AS "lastStatus", last_error AS "lastError", due_at AS "dueAt", ended_at AS "endedAt"
    FROM hub.webhook_delivery WHERE webhook_id = $1 AND position < $2`;

const HIGHEST_POSITION = '9223372036854775807';

/** Deliveries: claimed, settled, listed. */
@Injectable()
export class WebhookDeliveryRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly hubEvents: HubEvents,
  ) {}

  /**
   * Claims deliveries that are due, of every enabled webhook.
   *
   * @param most how many a webhook may have claimed here, those in `held` among them
   * @param held how many of each webhook are claimed here and not ended
   */
  async claim(most: number, held: ReadonlyMap<string, number>): Promise<ClaimedDelivery[]> {
    const lease = newId();
    const rows = await runNamed<ClaimedRow>(
      this.dataSource,
      { name: 'webhook_claim', text: CLAIM_DELIVERIES },
      [lease, LEASE_SECONDS, most, [...held.keys()], [...held.values()]],
    );
    // An order among the claimed: the oldest event goes out first.
    return rows
      .map((row) => ({
        webhookId: row.webhook_id,
        position: Number(row.position),
        eventId: row.event_id,
        lease,
        attempts: row.attempts,
        claimedAtSeconds: row.now_seconds,
      }))
      .sort((one, other) => one.position - other.position);
  }

  /** Gives claims back that no attempt was made of. */
  async release(claimed: readonly ClaimedDelivery[]): Promise<void> {
    const statement = { name: 'webhook_release', text: RELEASE_DELIVERIES };
    for (const lease of new Set(claimed.map((one) => one.lease))) {
      const unused = claimed.filter((one) => one.lease === lease);
      await runNamed(this.dataSource, statement, [
        lease,
        unused.map(({ webhookId }) => webhookId),
        unused.map(({ position }) => position),
      ]);
    }
  }

  /**
   * Writes down how attempts ended, and which webhooks that disables, with the event that says so. An attempt whose lease was taken
   * over changes nothing.
   */
  settle(
    ended: readonly EndedAttempt[],
  ): Promise<{ unblocked: number; disabled: readonly DisabledWebhook[] }> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(SHARE_ORDER);
      const [row] = await runNamed<{ unblocked: number }>(
        tx,
        { name: 'webhook_settle', text: SETTLE_DELIVERIES },
        [
          ended.map(({ webhookId }) => webhookId),
          ended.map(({ position }) => position),
          ended.map(({ lease }) => lease),
          ended.map(({ result }) => result),
          ended.map(({ seconds }) => seconds),
          ended.map(({ status }) => status),
          ended.map(({ error }) => error),
        ],
      );
      return { unblocked: row?.unblocked ?? 0, disabled: await this.noteHealth(tx, ended) };
    });
  }

  /** Newest first. @param before a position; absent: from the newest on */
  list(
    webhookId: string,
    { state, before, limit }: { state?: DeliveryState; before?: string; limit: number },
  ): Promise<DeliveryFacts[]> {
    const given = [webhookId, before ?? HIGHEST_POSITION, limit];
    const rest = `ORDER BY position DESC LIMIT $3`;
    return state === undefined
      ? this.dataSource.query<DeliveryFacts[]>(`${LIST} ${rest}`, given)
      : this.dataSource.query<DeliveryFacts[]>(`${LIST} AND state = $4 ${rest}`, [...given, state]);
  }

  private async noteHealth(tx: EntityManager, ended: readonly EndedAttempt[]): Promise<DisabledWebhook[]> {
    const sent = ended.filter(({ result }) => result !== 'skipped');
    const ids = [...new Set(sent.map(({ webhookId }) => webhookId))];
    if (ids.length === 0) return [];
    const some = (test: (one: EndedAttempt) => boolean) =>
      ids.map((id) => sent.some((one) => one.webhookId === id && test(one)));
    const rows = await runNamed<DisabledRow>(tx, { name: 'webhook_health', text: NOTE_HEALTH }, [
      ids,
      some(({ result }) => result === 'delivered'),
      some(({ status }) => status === 410),
      FAILING_DAYS,
    ]);
    const disabled: DisabledWebhook[] = [];
    for (const { id, disabled_reason: reason, ...row } of rows) {
      if (reason === null) continue;
      disabled.push({ id, reason });
      // The host alone: a path or a query may be a secret of the receiver.
      await this.hubEvents.record(tx, 'hub.webhook_disabled', {
        webhook_id: id,
        api_client_id: row.api_client_id,
        host: new URL(row.url).host,
        reason,
        failing_since: row.failing_since?.toISOString() ?? null,
      });
    }
    return disabled;
  }
}
