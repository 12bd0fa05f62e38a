import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where API clients want their events sent, and one row for each event that is to reach a webhook. The rows are claimed by lease, so
 * that any number of hubs deliver them.
 */
export class CreateWebhooks1795401900000 implements MigrationInterface {
  readonly name = 'CreateWebhooks1795401900000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.createWebhooks(queryRunner);
    await this.createDeliveries(queryRunner);
    await this.createDispatch(queryRunner);
    // Not the url: a path or a query may be a secret of the receiver.
    await queryRunner.query(`
      GRANT SELECT (id, api_client_id, event_types, description, state, disabled_reason, disabled_at, failing_since, secret_generation,
                    former_secret_until, starts_after, created_at, deleted_at)
         ON hub.webhook TO consent_hub_read`);
    await queryRunner.query(`GRANT SELECT ON hub.webhook_delivery, hub.webhook_dispatch TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.webhook_dispatch`);
    await queryRunner.query(`DROP TABLE hub.webhook_delivery`);
    await queryRunner.query(`DROP TABLE hub.webhook`);
  }

  private async createWebhooks(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.webhook (
        id                  uuid        PRIMARY KEY,
        api_client_id       uuid        NOT NULL REFERENCES hub.api_client,
        url                 text        NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
        event_types         text[]      NOT NULL CHECK (cardinality(event_types) > 0),
        description         text        CHECK (length(description) <= 500),
        state               text        NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'disabled')),
        disabled_reason     text        CHECK (disabled_reason IN ('by_client', 'gone', 'failing')),
        disabled_at         timestamptz,
        failing_since       timestamptz,
        secret              bytea,
        secret_generation   integer     NOT NULL DEFAULT 1 CHECK (secret_generation >= 1),
        former_secret       bytea,
        former_secret_until timestamptz,
        starts_after        bigint      NOT NULL,
        created_at          timestamptz NOT NULL DEFAULT now(),
        deleted_at          timestamptz,
        CONSTRAINT webhook_disabled_has_a_reason CHECK (
          (state = 'disabled') = (disabled_at IS NOT NULL) AND (state = 'disabled') = (disabled_reason IS NOT NULL)
        ),
        CONSTRAINT webhook_deleted_has_no_secret CHECK ((secret IS NULL) = (deleted_at IS NOT NULL)),
        CONSTRAINT webhook_former_secret_ends CHECK ((former_secret IS NULL) = (former_secret_until IS NULL))
      )`);
    for (const [column, comment] of Object.entries({
      secret: 'sealed by the vault, purpose webhook_secret, bound to the id and secret_generation',
      former_secret: 'the secret before, of secret_generation - 1, which signs too until former_secret_until',
      failing_since: 'first failure after the last success; NULL: none',
      starts_after: 'position of the last event before the webhook',
      deleted_at: 'its deliveries are being removed, then the row',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.webhook.${column} IS '${comment}'`);
    }
    await queryRunner.query(`
      CREATE UNIQUE INDEX webhook_url_of_client ON hub.webhook (api_client_id, url) WHERE deleted_at IS NULL`);
  }

  private async createDeliveries(queryRunner: QueryRunner): Promise<void> {
    // Each row is updated twice at least: when it is claimed, and when it is settled.
    await queryRunner.query(`
      CREATE TABLE hub.webhook_delivery (
        webhook_id  uuid        NOT NULL REFERENCES hub.webhook,
        position    bigint      NOT NULL,
        consent_id  uuid,
        event_id    text        NOT NULL,
        event_type  text        NOT NULL,
        state       text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
        is_head     boolean     NOT NULL,
        attempts    integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
        due_at      timestamptz NOT NULL,
        lease       uuid,
        last_status integer,
        last_error  text        CHECK (last_error ~ '^[a-z0-9_]{1,40}$'),
        created_at  timestamptz NOT NULL DEFAULT now(),
        ended_at    timestamptz,
        PRIMARY KEY (webhook_id, position),
        CONSTRAINT webhook_delivery_pending_goes_on CHECK ((state = 'pending') = (ended_at IS NULL))
      ) WITH (fillfactor = 80)`);
    for (const [column, comment] of Object.entries({
      position: 'of the event',
      consent_id: 'whose events arrive in order; NULL: an event of the hub',
      is_head: 'of the pending ones of its consent and webhook, the one that may be sent',
      due_at: 'the next attempt; while one is under way, the end of its lease',
      lease: 'the claim by which an attempt is under way',
      last_error: 'a word of the hub, never text of the receiver',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.webhook_delivery.${column} IS '${comment}'`);
    }
    await queryRunner.query(`
      CREATE INDEX webhook_delivery_due ON hub.webhook_delivery (webhook_id, due_at) WHERE state = 'pending' AND is_head`);
    await queryRunner.query(`
      CREATE INDEX webhook_delivery_order ON hub.webhook_delivery (webhook_id, consent_id, position)
       WHERE state = 'pending'`);
    await queryRunner.query(`
      CREATE INDEX webhook_delivery_state ON hub.webhook_delivery (webhook_id, state, position)`);
    await queryRunner.query(`
      CREATE INDEX webhook_delivery_ended ON hub.webhook_delivery (ended_at) WHERE state <> 'pending'`);
  }

  private async createDispatch(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.webhook_dispatch (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        position bigint  NOT NULL
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.webhook_dispatch.position IS 'of the last event for which deliveries were made'`);
    await queryRunner.query(`
      INSERT INTO hub.webhook_dispatch (position)
      SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM hub.event_position`);
    await queryRunner.query(`REVOKE INSERT, DELETE ON hub.webhook_dispatch FROM consent_hub_app`);
  }
}
