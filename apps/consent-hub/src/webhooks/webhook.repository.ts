import type { EventType, FailingWebhook } from '@consent-hub/consent';
import { describeError, newId, runNamed, violatedUniqueConstraint } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { TokenVault } from '@consent-hub/token-vault';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

export const MOST_WEBHOOKS = 50;
/** So long the secret before signs as well. */
const OVERLAP_HOURS = 24;

export const DISABLED_REASONS = ['by_client', 'gone', 'failing'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: readonly EventType[];
  readonly description: string | null;
  readonly state: 'enabled' | 'disabled';
  readonly disabledReason: DisabledReason | null;
  readonly failingSince: Date | null;
  readonly createdAt: Date;
}

/** What its client chooses. */
export type WebhookWishes = Pick<Webhook, 'url' | 'eventTypes' | 'description' | 'state'>;

/** Where messages go, and what signs them. */
export interface Receiver {
  readonly id: string;
  readonly url: string;
  /** The current one, and the one before while it counts. */
  readonly secrets: readonly Secret[];
}

/** The client has such a webhook already, or as many as it may have. */
export type RefusedWebhook = 'url_taken' | 'limit_reached';

interface ReceiverRow {
  readonly id: string;
  readonly url: string;
  readonly secret: Buffer;
  readonly secret_generation: number;
  readonly former_secret: Buffer | null;
}

const COLUMNS = `
  id, url, event_types AS "eventTypes", description, state, disabled_reason AS "disabledReason",
  failing_since AS "failingSince", created_at AS "createdAt"`;

const OF_CLIENT = `id = $1 AND api_client_id = $2 AND deleted_at IS NULL`;

/** The events that are there already are not for it: the sequence says how far they go. */
const INSERT = `
  INSERT INTO hub.webhook (id, api_client_id, url, event_types, description, secret, starts_after)
  SELECT $1, $2, $3, $4::text[], $5, $6, CASE WHEN is_called THEN last_value ELSE 0 END FROM hub.event_position
  RETURNING ${COLUMNS}`;

const CHANGE = `
  WITH changed AS (UPDATE hub.webhook
     SET url = coalesce($3, url), event_types = coalesce($4::text[], event_types),
         description = CASE WHEN $5 THEN $6 ELSE description END,
         state = coalesce($7, state),
         disabled_reason = CASE $7 WHEN 'enabled' THEN NULL WHEN 'disabled' THEN coalesce(disabled_reason, 'by_client')
                           ELSE disabled_reason END,
         disabled_at = CASE $7 WHEN 'enabled' THEN NULL WHEN 'disabled' THEN coalesce(disabled_at, now()) ELSE disabled_at END,
         failing_since = CASE WHEN $7 = 'enabled' AND state = 'disabled' THEN NULL ELSE failing_since END
   WHERE ${OF_CLIENT}
  RETURNING ${COLUMNS}) SELECT * FROM changed`;

const DELETE = `
  UPDATE hub.webhook
     SET deleted_at = now(), secret = NULL, former_secret = NULL, former_secret_until = NULL
   WHERE ${OF_CLIENT} RETURNING id`;

/** $3 the secret, $4 its generation: another rotation may have come in between. */
const ROTATE = `
  UPDATE hub.webhook
     SET former_secret = secret, former_secret_until = now() + make_interval(hours => ${OVERLAP_HOURS}),
         secret = $3, secret_generation = $4
   WHERE ${OF_CLIENT} AND secret_generation = $4 - 1 RETURNING id`;

const RECEIVERS = `
  SELECT id, url, secret, secret_generation, CASE WHEN former_secret_until > now() THEN former_secret END AS former_secret
    FROM hub.webhook WHERE id = ANY ($1::uuid[]) AND deleted_at IS NULL`;

/** Those that the hub has disabled, and those whose last attempt failed. */
const FAILING = `
  SELECT w.id, w.api_client_id AS "apiClientId", w.state = 'disabled' AS "isDisabled",
         coalesce(w.failing_since, w.disabled_at) AS "failingSince",
         CASE WHEN w.state = 'enabled' THEN (
           SELECT d.due_at FROM hub.webhook_delivery d
            WHERE d.webhook_id = w.id AND d.state = 'pending' AND d.is_head ORDER BY d.due_at LIMIT 1
         ) END AS "nextAttemptAt"
    FROM hub.webhook w
   WHERE w.deleted_at IS NULL AND CASE w.state WHEN 'disabled' THEN w.disabled_reason <> 'by_client' ELSE w.failing_since IS NOT NULL END
   ORDER BY w.id`;

/** Webhooks as their clients have set them up. */
@Injectable()
export class WebhookRepository {
  private readonly logger = new Logger(WebhookRepository.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly vault: TokenVault,
  ) {}

  async create(
    clientId: string,
    { url, eventTypes, description }: Omit<WebhookWishes, 'state'>,
    secret: Secret,
  ): Promise<Webhook | RefusedWebhook> {
    const id = newId();
    const values = [id, clientId, url, eventTypes, description, this.seal(secret, id, 1)];
    return this.dataSource
      .transaction(async (tx) => {
        // Of two at once the second one counts the first.
        await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`webhooks of ${clientId}`]);
        if ((await countOf(tx, clientId)) >= MOST_WEBHOOKS) return 'limit_reached';
        return only(await tx.query<Webhook[]>(INSERT, values));
      })
      .catch(refuseTakenUrl);
  }

  /** Oldest first. */
  list(clientId: string): Promise<Webhook[]> {
    return this.dataSource.query<Webhook[]>(
      `SELECT ${COLUMNS} FROM hub.webhook WHERE api_client_id = $1 AND deleted_at IS NULL ORDER BY id`,
      [clientId],
    );
  }

  /** Of all clients. */
  failing(): Promise<FailingWebhook[]> {
    return this.dataSource.query<FailingWebhook[]>(FAILING);
  }

  async find(clientId: string, id: string): Promise<Webhook | null> {
    const rows = await this.dataSource.query<Webhook[]>(
      `SELECT ${COLUMNS} FROM hub.webhook WHERE ${OF_CLIENT}`,
      [id, clientId],
    );
    return rows[0] ?? null;
  }

  /** @returns null where the client has no such webhook */
  async change(
    clientId: string,
    id: string,
    wishes: Partial<WebhookWishes>,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Webhook | null | RefusedWebhook> {
    const { url, eventTypes, description, state } = wishes;
    const values = [
      ...[id, clientId, url ?? null, eventTypes ?? null],
      ...[description !== undefined, description ?? null, state ?? null],
    ];
    try {
      const rows = await tx.query<Webhook[]>(CHANGE, values);
      return rows[0] ?? null;
    } catch (error) {
      return refuseTakenUrl(error);
    }
  }

  /** It gets nothing from now on, and is shown no more; its deliveries are removed later, in batches. */
  async delete(clientId: string, id: string): Promise<boolean> {
    const rows = await runNamed(this.dataSource, { name: 'webhook_delete', text: DELETE }, [id, clientId]);
    return rows.length > 0;
  }

  /** @returns false where the client has no such webhook */
  async rotateSecret(clientId: string, id: string, secret: Secret): Promise<boolean> {
    for (;;) {
      const [row] = await this.dataSource.query<{ generation: number }[]>(
        `SELECT secret_generation + 1 AS generation FROM hub.webhook WHERE ${OF_CLIENT}`,
        [id, clientId],
      );
      if (!row) return false;
      const next = { secret, generation: row.generation };
      if (await this.replaceSecret(this.dataSource, clientId, id, next)) return true;
    }
  }

  /** @returns false where the secret before it is not of the generation before, or the client has no such webhook */
  async replaceSecret(
    on: DataSource | EntityManager,
    clientId: string,
    id: string,
    { secret, generation }: { readonly secret: Secret; readonly generation: number },
  ): Promise<boolean> {
    const values = [id, clientId, this.seal(secret, id, generation), generation];
    return (await runNamed(on, { name: 'webhook_rotate', text: ROTATE }, values)).length > 0;
  }

  /** Of webhooks that were not deleted, by their ids; without those whose secret does not open. */
  async receivers(ids: readonly string[]): Promise<ReadonlyMap<string, Receiver>> {
    const rows = await runNamed<ReceiverRow>(
      this.dataSource,
      { name: 'webhook_receivers', text: RECEIVERS },
      [ids],
    );
    const opened = await Promise.all(rows.map((row) => this.open(row)));
    return new Map(opened.flatMap((receiver) => (receiver ? [[receiver.id, receiver]] : [])));
  }

  /** One secret that does not open must not keep the others from being used. */
  private async open(row: ReceiverRow): Promise<Receiver | null> {
    try {
      return await this.vault.opening(() => this.toReceiver(row));
    } catch (error) {
      this.logger.error({
        msg: 'secret of a webhook not opened',
        webhook: row.id,
        error: describeError(error),
      });
      return null;
    }
  }

  private toReceiver({
    id,
    url,
    secret,
    secret_generation: current,
    former_secret: former,
  }: ReceiverRow): Receiver {
    const open = (sealed: Buffer, generation: number) =>
      this.vault.open(sealed, { consentId: id, purpose: 'webhook_secret', generation });
    return { id, url, secrets: [open(secret, current), ...(former ? [open(former, current - 1)] : [])] };
  }

  private seal(secret: Secret, id: string, generation: number): Buffer {
    return this.vault.seal(secret, { consentId: id, purpose: 'webhook_secret', generation });
  }
}

async function countOf(tx: EntityManager, clientId: string): Promise<number> {
  const rows = await tx.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM hub.webhook WHERE api_client_id = $1 AND deleted_at IS NULL`,
    [clientId],
  );
  return only(rows).count;
}

function only<T>([row]: readonly T[]): T {
  if (row === undefined) throw new Error('the statement has no row');
  return row;
}

/** @throws whatever else it is */
function refuseTakenUrl(error: unknown): 'url_taken' {
  if (violatedUniqueConstraint(error) !== 'webhook_url_of_client') throw error;
  return 'url_taken';
}
