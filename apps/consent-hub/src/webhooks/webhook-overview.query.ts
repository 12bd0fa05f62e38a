import { MOST_DELIVERIES_COUNTED, type WebhookFacts } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const count = (state: string): string => `
  (SELECT count(*)::int FROM (
     SELECT FROM hub.webhook_delivery d WHERE d.webhook_id = w.id AND d.state = '${state}' LIMIT ${MOST_DELIVERIES_COUNTED}
   ) counted)`;

/** $1 one of them; NULL: all. Of each, its deliveries are read by index, and so many at most. */
export const WEBHOOKS_OF_ALL = `
  SELECT w.id, w.api_client_id AS "apiClientId", w.url, w.event_types AS "eventTypes", w.description, w.state,
         w.disabled_reason AS "disabledReason", w.failing_since AS "failingSince", w.created_at AS "createdAt",
         w.secret_generation AS "secretGeneration", ${count('pending')} AS pending, ${count('failed')} AS failed,
         last.state AS "lastState", last.last_status AS "lastStatus", last.last_error AS "lastError", last.ended_at AS "endedAt",
         last.due_at AS "dueAt"
    FROM hub.webhook w LEFT JOIN LATERAL (
      SELECT d.state, d.last_status, d.last_error, d.ended_at, d.due_at FROM hub.webhook_delivery d
       WHERE d.webhook_id = w.id ORDER BY d.position DESC LIMIT 1
    ) last ON true
   WHERE w.deleted_at IS NULL AND ($1::uuid IS NULL OR w.id = $1)
   ORDER BY w.id`;

type Last = NonNullable<WebhookFacts['last']>;

interface Row extends Omit<WebhookFacts, 'last'>, Pick<Last, 'lastStatus' | 'lastError' | 'endedAt'> {
  /** Null where there is no delivery. */
  readonly lastState: Last['state'] | null;
  readonly dueAt: Date | null;
}

/** Webhooks of all clients, with how their deliveries stand. */
@Injectable()
export class WebhookOverviewQuery {
  constructor(private readonly dataSource: DataSource) {}

  async all(): Promise<WebhookFacts[]> {
    return (await this.dataSource.query<Row[]>(WEBHOOKS_OF_ALL, [null])).map(toFacts);
  }

  async find(id: string): Promise<WebhookFacts | null> {
    const [row] = await this.dataSource.query<Row[]>(WEBHOOKS_OF_ALL, [id]);
    return row ? toFacts(row) : null;
  }
}

function toFacts({ lastState, lastStatus, lastError, endedAt, dueAt, ...webhook }: Row): WebhookFacts {
  const last = lastState && dueAt && { state: lastState, lastStatus, lastError, endedAt, dueAt };
  return { ...webhook, last };
}
