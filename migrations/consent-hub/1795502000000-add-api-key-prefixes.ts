import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By what people tell the keys of an API client apart, and the reads of tokens by the client that made them. */
export class AddApiKeyPrefixes1795502000000 implements MigrationInterface {
  readonly name = 'AddApiKeyPrefixes1795502000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.api_client_key ADD COLUMN key_prefix text CHECK (key_prefix ~ '^ch_[A-Za-z0-9_-]{6}$')`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client_key.key_prefix IS 'the first 36 of 256 random bits; NULL of keys that were made before it was noted'`);
    await queryRunner.query(`GRANT SELECT (key_prefix) ON hub.api_client_key TO consent_hub_read`);
    // Without the columns that each batch changes: rows are still updated in place.
    await queryRunner.query(`CREATE INDEX token_use_client ON hub.token_use (api_client_id)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.token_use_client`);
    await queryRunner.query(`ALTER TABLE hub.api_client_key DROP COLUMN key_prefix`);
  }
}
