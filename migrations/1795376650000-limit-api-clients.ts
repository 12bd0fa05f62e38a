import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LimitApiClients1795376650000 implements MigrationInterface {
  readonly name = 'LimitApiClients1795376650000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.api_client ADD COLUMN rate_limit integer CHECK (rate_limit BETWEEN 0 AND 1000000)`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client.rate_limit IS 'requests a second that each hub serves it; 0: any number; NULL: as the hub is set'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.api_client DROP COLUMN rate_limit`);
  }
}
