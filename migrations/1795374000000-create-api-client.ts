import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateApiClient1795374000000 implements MigrationInterface {
  readonly name = 'CreateApiClient1795374000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE SCHEMA IF NOT EXISTS hub`);
    await queryRunner.query(`
      CREATE TABLE hub.api_client (
        id            uuid        PRIMARY KEY,
        name          text        NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
        key_hash      bytea       NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
        permissions   text[]      NOT NULL CHECK (
          cardinality(permissions) > 0
          AND permissions <@ ARRAY['consents:read', 'consents:write', 'tokens:read', 'admin']
        ),
        token_scopes  text[]      NOT NULL DEFAULT ARRAY['AIS', 'CAF', 'PIS'] CHECK (
          cardinality(token_scopes) > 0 AND token_scopes <@ ARRAY['AIS', 'CAF', 'PIS']
        ),
        created_at    timestamptz NOT NULL DEFAULT now(),
        revoked_at    timestamptz
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client.key_hash IS 'SHA-256 of the key; keys carry 256 random bits, so no slow hash is due'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.api_client`);
    await queryRunner.query(`DROP SCHEMA hub`);
  }
}
