import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AllowReturnUrls1795375900000 implements MigrationInterface {
  readonly name = 'AllowReturnUrls1795375900000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.api_client ADD COLUMN return_urls text[]`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client.return_urls IS 'where its PSUs may be sent in the end, compared exactly; NULL leaves it to the client'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.api_client DROP COLUMN return_urls`);
  }
}
