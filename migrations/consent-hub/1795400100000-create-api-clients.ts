import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may call the hub. What a client opened and was handed belongs to the client, never to one of its keys. */
export class CreateApiClients1795400100000 implements MigrationInterface {
  readonly name = 'CreateApiClients1795400100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE SCHEMA IF NOT EXISTS hub`);
    await queryRunner.query(`
      CREATE TABLE hub.api_client (
        id            uuid        PRIMARY KEY,
        name          text        NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
        permissions   text[]      NOT NULL CHECK (
          cardinality(permissions) > 0
          AND permissions <@ ARRAY['consents:read', 'consents:write', 'tokens:read', 'admin']
        ),
        token_scopes  text[]      NOT NULL DEFAULT ARRAY['AIS', 'CAF', 'PIS'] CHECK (
          cardinality(token_scopes) > 0 AND token_scopes <@ ARRAY['AIS', 'CAF', 'PIS']
        ),
        created_at    timestamptz NOT NULL DEFAULT now(),
        revoked_at    timestamptz,
        return_urls   text[],
        rate_limit    integer     CHECK (rate_limit BETWEEN 0 AND 1000000)
      )`);
    // The name of a revoked client is free again.
    await queryRunner.query(`
      CREATE UNIQUE INDEX api_client_live_name ON hub.api_client (name) WHERE revoked_at IS NULL`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client.return_urls IS 'addresses that its PSUs may be sent back to, compared exactly; NULL: any address'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client.rate_limit IS 'requests per second that each hub process serves; 0: unlimited; NULL: as the hub is configured'`);
    // Several keys per client, so that a new one can replace an old one without a gap. The fill factor leaves room on each
    // page for the time of the last use, which is updated again and again.
    await queryRunner.query(`
      CREATE TABLE hub.api_client_key (
        id            uuid        PRIMARY KEY,
        api_client_id uuid        NOT NULL REFERENCES hub.api_client,
        key_hash      bytea       NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
        created_at    timestamptz NOT NULL DEFAULT now(),
        expires_at    timestamptz,
        revoked_at    timestamptz,
        last_used_at  timestamptz
      ) WITH (fillfactor = 80)`);
    await queryRunner.query(`
      CREATE INDEX api_client_key_client ON hub.api_client_key (api_client_id, created_at, id)`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client_key.key_hash IS 'SHA-256 of the key; a key has 256 random bits, so no slow hash is needed'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client_key.last_used_at IS 'accurate to the minute and some seconds late: uses are written in batches'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.api_client_key`);
    await queryRunner.query(`DROP TABLE hub.api_client`);
    await queryRunner.query(`DROP SCHEMA hub`);
  }
}
