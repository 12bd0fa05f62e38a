import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The data keys that seal values, each wrapped by a key-encryption key which is not in this database, and which of them the
 * spool of each process still needs. Keys of HUB_VAULT_KEYS that seal values themselves have a row for their counter.
 */
export class CreateVaultKeys1795401400000 implements MigrationInterface {
  readonly name = 'CreateVaultKeys1795401400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.vault_key (
        id                   text        PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{1,32}$'),
        state                text        NOT NULL CHECK (state IN ('announced', 'current', 'former', 'retired')),
        provider             text        NOT NULL CHECK (provider ~ '^[a-z][a-z0-9-]{0,31}$'),
        kek_id               text,
        wrapped_key          bytea,
        seals                bigint      NOT NULL DEFAULT 0 CHECK (seals >= 0),
        created_at           timestamptz NOT NULL DEFAULT now(),
        current_from         timestamptz,
        current_until        timestamptz,
        retired_at           timestamptz,
        destroyed_at         timestamptz,
        reseal_requested_at  timestamptz,
        reseal_owner         text,
        reseal_lease_ends_at timestamptz,
        reseal_total         bigint,
        resealed             bigint      NOT NULL DEFAULT 0 CHECK (resealed >= 0),
        reseal_failed        bigint      NOT NULL DEFAULT 0 CHECK (reseal_failed >= 0),
        reseal_ended_at      timestamptz,
        CONSTRAINT vault_key_is_wrapped CHECK (
          (provider = 'environment' OR destroyed_at IS NOT NULL) = (wrapped_key IS NULL)
        ),
        CONSTRAINT vault_key_of_the_environment_is_not_announced CHECK (
          provider <> 'environment' OR state IN ('former', 'retired')
        ),
        CONSTRAINT vault_key_destroyed_is_retired CHECK (destroyed_at IS NULL OR state = 'retired'),
        CONSTRAINT vault_key_retired_is_dated CHECK ((state = 'retired') = (retired_at IS NOT NULL))
      )`);
    for (const [column, comment] of Object.entries({
      state:
        'announced: hubs learn it, nothing is sealed with it; current: seals; former: opens; retired: nothing needs it. Of the environment: former also while it seals',
      provider:
        'what has wrapped the key; environment: the key is one of HUB_VAULT_KEYS and is not stored here',
      kek_id: 'the key-encryption key, as its provider names it',
      wrapped_key: 'encrypted by the key-encryption key, together with its id; NULL once it is destroyed',
      seals: 'how often it has sealed, counted by the hubs in memory and added every few seconds',
      reseal_requested_at: 'since when all other values are to be sealed anew with this key',
      reseal_owner: 'the process that does it, until its lease ends',
      reseal_total: 'rows that other keys had sealed when it was asked for',
      resealed: 'rows that were sealed anew',
      reseal_failed: 'rows that could not be opened, left as they are',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.vault_key.${column} IS '${comment}'`);
    }
    await queryRunner.query(`
      CREATE UNIQUE INDEX vault_key_one_current ON hub.vault_key (state) WHERE state = 'current'`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX vault_key_one_announced ON hub.vault_key (state) WHERE state = 'announced'`);
    await queryRunner.query(`ALTER TABLE hub.instance ADD COLUMN spooled_by_key jsonb NOT NULL DEFAULT '{}'`);
    await queryRunner.query(
      `COMMENT ON COLUMN hub.instance.spooled_by_key IS 'answers in its spool directory by the key that sealed them'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.instance DROP COLUMN spooled_by_key`);
    await queryRunner.query(`DROP TABLE hub.vault_key`);
  }
}
