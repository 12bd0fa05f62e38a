import { CONSENT_ENTITIES } from '@consent-hub/consent';
import type { Caller, Permission } from '@consent-hub/platform';
import { SCOPES } from '@consent-hub/psd2-protocol';
import {
  createTestDatabase,
  GivenConsents,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { DataSource } from 'typeorm';
import { API_CLIENT_ENTITIES } from '../src/api-client/api-client.module.js';
import { ApiClientService } from '../src/api-client/api-client.service.js';
import { startHub, type RunningHub } from '../src/bootstrap.js';
import { WebhookDispatchJob } from '../src/webhooks/webhook-dispatch.job.js';
import type { CreatedWebhookView, DeliveryView } from '../src/webhooks/webhook.view.js';
import { until } from './due-consents.harness.js';
import { EventReceiver } from './event-receiver.harness.js';

/** An API client with its key, which opens consents. */
export interface KeyedClient extends Caller {
  readonly key: string;
}

const PERMISSIONS: readonly Permission[] = ['events:read', 'consents:read', 'consents:write'];

/** A database, a receiver of events, and as many hubs as a test wants, which do nothing by the clock. */
export class WebhooksHarness {
  readonly hubs: RunningHub[] = [];
  readonly log: string[] = [];
  readonly given: GivenConsents;
  owner: KeyedClient;

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly receiver: EventReceiver,
  ) {
    this.given = new GivenConsents(dataSource);
  }

  static async start(overrides: NodeJS.ProcessEnv = {}): Promise<WebhooksHarness> {
    const database = await createTestDatabase();
    const dataSource = await database.open([...CONSENT_ENTITIES, ...API_CLIENT_ENTITIES]);
    const harness = new WebhooksHarness(database, dataSource, await EventReceiver.start());
    harness.owner = await harness.client('owner');
    await harness.hub(overrides);
    return harness;
  }

  async close(): Promise<void> {
    this.receiver.release(204);
    for (const hub of this.hubs.splice(0)) await hub.close();
    await this.receiver.close();
    await this.database.drop();
  }

  /** The first hub. */
  get first(): RunningHub {
    const [hub] = this.hubs;
    if (!hub) throw new Error('no hub was started');
    return hub;
  }

  async hub(overrides: NodeJS.ProcessEnv = {}): Promise<RunningHub> {
    const env = hubEnvironment(this.database.url, {
      HUB_PORT: '0',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      WEBHOOK_CA_FILE: this.receiver.caFile,
      ...overrides,
    });
    const hub = await startHub(env, {
      bankClient: new ScriptedBank(),
      logDestination: { write: (line) => void this.log.push(line) },
    });
    const timers = hub.app.get(SchedulerRegistry);
    for (const name of timers.getIntervals()) timers.deleteInterval(name);
    this.hubs.push(hub);
    return hub;
  }

  async client(name: string, permissions: readonly Permission[] = PERMISSIONS): Promise<KeyedClient> {
    const { client, key } = await new ApiClientService(this.dataSource).create({ name, permissions });
    const { id } = client;
    return { id, name, permissions: new Set(permissions), tokenScopes: new Set(SCOPES), key: key.reveal() };
  }

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object,
    client = this.owner,
  ): Promise<{ status: number; body: T }> {
    const answer = await fetch(this.first.url + path, {
      method,
      headers: { authorization: `Bearer ${client.key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as T };
  }

  async webhook(wanted: object = {}, client = this.owner): Promise<CreatedWebhookView> {
    const body = { url: `${this.receiver.url}/hook`, ...wanted };
    const answer = await this.call<CreatedWebhookView>('POST', '/v1/webhooks', body, client);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  async deliveries(id: string, query = ''): Promise<DeliveryView[]> {
    const path = `/v1/webhooks/${id}/deliveries?limit=1000${query}`;
    return (await this.call<{ items: DeliveryView[] }>('GET', path)).body.items;
  }

  /** Adds an event of the type `consent.in_doubt` to a consent, which changes nothing. */
  async event(consentId: string, note = ''): Promise<void> {
    await this.dataSource.transaction((tx) =>
      this.given.consents.record(tx, consentId, 'grant_in_doubt', 'hub:test', { note }),
    );
  }

  /** What a hub does every 250 milliseconds. */
  async turn(hub = this.first): Promise<void> {
    await hub.app.get(WebhookDispatchJob).run();
  }

  /** Lets hubs work until a condition holds. */
  async goOnUntil(condition: () => boolean | Promise<boolean>, hubs = this.hubs): Promise<void> {
    await until(async () => {
      for (const hub of hubs) await this.turn(hub);
      return condition();
    });
  }

  /** Until deliveries are made of all events, and none that is due waits. */
  settled(hubs = this.hubs): Promise<void> {
    return this.goOnUntil(async () => {
      const [row] = await this.dataSource.query<{ left: number }[]>(
        `SELECT (SELECT count(*) FROM hub.webhook_delivery d JOIN hub.webhook w ON w.id = d.webhook_id AND w.state = 'enabled'
                  WHERE d.state = 'pending' AND d.is_head AND (d.due_at <= now() OR d.lease IS NOT NULL))::int
              + (SELECT count(*) FROM hub.webhook_dispatch WHERE position < (
                   SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM hub.event_position))::int AS left`,
      );
      return row?.left === 0;
    }, hubs);
  }

  /** As if the leases of all attempts under way had ended. */
  async endLeases(): Promise<void> {
    await this.dataSource.query(`UPDATE hub.webhook_delivery SET due_at = now() WHERE lease IS NOT NULL`);
  }

  /** As if so much time had gone by for deliveries that wait. */
  async later(interval: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE hub.webhook_delivery SET due_at = due_at - $1::interval WHERE state = 'pending' AND lease IS NULL`,
      [interval],
    );
  }

  /** The same for webhooks. */
  async webhooksLater(interval: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE hub.webhook
          SET failing_since = failing_since - $1::interval, former_secret_until = former_secret_until - $1::interval`,
      [interval],
    );
  }
}
