import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The token pair of each consent, and when it is to be refreshed. */
export class CreateTokenPairs1795400500000 implements MigrationInterface {
  readonly name = 'CreateTokenPairs1795400500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.token_pair (
        consent_id           uuid        PRIMARY KEY REFERENCES hub.consent,
        generation           integer     NOT NULL CHECK (generation >= 1),
        access_token         bytea,
        refresh_token        bytea,
        key_id               text        NOT NULL,
        issued_at            timestamptz NOT NULL,
        access_expires_at    timestamptz NOT NULL CHECK (access_expires_at > issued_at),
        logical_id           text,
        sca_token            bytea,
        sca_token_expires_at timestamptz,
        brand                text        NOT NULL CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        refresh_due_at       timestamptz,
        last_used_at         timestamptz,
        refresh_failures     integer     NOT NULL DEFAULT 0 CHECK (refresh_failures >= 0),
        refreshed_at         timestamptz,
        CONSTRAINT token_pair_is_whole CHECK ((access_token IS NULL) = (refresh_token IS NULL)),
        CONSTRAINT token_pair_sca_token_is_dated CHECK ((sca_token IS NULL) = (sca_token_expires_at IS NULL)),
        CONSTRAINT token_pair_destroyed_is_never_due CHECK (refresh_due_at IS NULL OR refresh_token IS NOT NULL)
      )`);
    for (const [column, comment] of Object.entries({
      access_token:
        'sealed by the vault, bound to consent, purpose and generation; NULL once it is destroyed',
      issued_at:
        'when the request was sent, not when it was answered: the life of the token may have begun then',
      refresh_due_at:
        'when to refresh, or to look again; a pair keeps it while its request is open; NULL once the consent has ended',
      refreshed_at: 'when this pair replaced the one before; NULL for the first pair',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.token_pair.${column} IS '${comment}'`);
    }
    // What the job of refreshes finds due, by brand, and the few SCA tokens that are yet to be destroyed.
    await queryRunner.query(`
      CREATE INDEX token_pair_refresh_due ON hub.token_pair (brand, refresh_due_at) WHERE refresh_due_at IS NOT NULL`);
    await queryRunner.query(`
      CREATE INDEX token_pair_sca_token_due ON hub.token_pair (sca_token_expires_at) WHERE sca_token IS NOT NULL`);
    // One rule for all statements that store a pair or record its use. The random part spreads pairs that were activated together;
    // it only ever moves a refresh forward.
    await queryRunner.query(`
      CREATE FUNCTION hub.refresh_due(
        issued_at timestamptz, expires_at timestamptz, used_at timestamptz,
        ahead_seconds double precision, idle_hours double precision, keepalive_hours double precision
      ) RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
        SELECT greatest(now() + interval '1 second', CASE
          WHEN used_at > now() - make_interval(secs => idle_hours * 3600) THEN
            expires_at - least(make_interval(secs => ahead_seconds), (expires_at - issued_at) / 3) * (1 + random() / 2)
          ELSE
            issued_at + make_interval(secs => keepalive_hours * 3600) * (1 - random() / 10)
        END)
      $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION hub.refresh_due`);
    await queryRunner.query(`DROP TABLE hub.token_pair`);
  }
}
