import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Deliveries are written by the million, and their foreign key was a quarter of what that costs: it reads and locks the row of the
 * webhook for each of them. That none is left without a webhook is held by the lock that who makes deliveries and who removes webhooks
 * take.
 */
export class UnlinkWebhookDeliveries1795504100000 implements MigrationInterface {
  readonly name = 'UnlinkWebhookDeliveries1795504100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE hub.webhook_delivery DROP CONSTRAINT webhook_delivery_webhook_id_fkey`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.webhook_delivery
        ADD CONSTRAINT webhook_delivery_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES hub.webhook`);
  }
}
