import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A client may have several keys, so that one can take over from another without a gap, and a name is free again once its
 * client is revoked. What a client opened and was handed hangs on the client, never on a key.
 */
export class LetApiClientsHaveSeveralKeys1795377600000 implements MigrationInterface {
  readonly name = 'LetApiClientsHaveSeveralKeys1795377600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Room on each page for the moment of the last use, which is written again and again.
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
      COMMENT ON COLUMN hub.api_client_key.key_hash IS 'SHA-256 of the key; keys carry 256 random bits, so no slow hash is due'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client_key.last_used_at IS 'to the minute, and some seconds late: uses are written in batches'`);
    await queryRunner.query(`
      INSERT INTO hub.api_client_key (id, api_client_id, key_hash, created_at)
      SELECT gen_random_uuid(), id, key_hash, created_at FROM hub.api_client`);
    await queryRunner.query(`
      ALTER TABLE hub.api_client DROP COLUMN key_hash, DROP CONSTRAINT api_client_name_key`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX api_client_live_name ON hub.api_client (name) WHERE revoked_at IS NULL`);
  }

  /**
   * One key a client is left: the newest that works; a client without one gets a hash that no key has. Of clients that share
   * a name, the live one or the last keeps it, and the id is joined to that of the others.
   */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.api_client_live_name`);
    await queryRunner.query(`
      UPDATE hub.api_client SET name = left(name, 26) || '-' || id
       WHERE id NOT IN (SELECT DISTINCT ON (name) id FROM hub.api_client ORDER BY name, revoked_at DESC NULLS FIRST, id)`);
    await queryRunner.query(`
      ALTER TABLE hub.api_client ADD COLUMN key_hash bytea UNIQUE CHECK (octet_length(key_hash) = 32),
        ADD CONSTRAINT api_client_name_key UNIQUE (name)`);
    await queryRunner.query(`
      UPDATE hub.api_client a SET key_hash = coalesce(
        (SELECT k.key_hash FROM hub.api_client_key k
          WHERE k.api_client_id = a.id
            AND (a.revoked_at IS NOT NULL OR k.revoked_at IS NULL AND coalesce(k.expires_at, 'infinity') > now())
          ORDER BY k.created_at DESC, k.id DESC LIMIT 1),
        sha256(gen_random_uuid()::text::bytea))`);
    await queryRunner.query(`ALTER TABLE hub.api_client ALTER COLUMN key_hash SET NOT NULL`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.api_client.key_hash IS 'SHA-256 of the key; keys carry 256 random bits, so no slow hash is due'`);
    await queryRunner.query(`DROP TABLE hub.api_client_key`);
  }
}
