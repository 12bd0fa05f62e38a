import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Distinguishes the refreshes that a caller has forced from the others, so that a consent has few of them at a time. */
export class MarkForcedRefreshes1795401300000 implements MigrationInterface {
  readonly name = 'MarkForcedRefreshes1795401300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE hub.token_request ADD COLUMN is_forced boolean NOT NULL DEFAULT false`,
    );
    await queryRunner.query(
      `COMMENT ON COLUMN hub.token_request.is_forced IS 'a caller asked for a new pair whether or not the old one had expired'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.token_request DROP COLUMN is_forced`);
  }
}
