import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Live token pairs, what they replaced, and what was spent a second time. */
export class CreateTokenPairs1795400500000 implements MigrationInterface {
  readonly name = 'CreateTokenPairs1795400500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.token_pair (
        id                uuid        PRIMARY KEY,
        tpp_id            uuid        NOT NULL REFERENCES bank.tpp,
        psu_id            text        NOT NULL REFERENCES bank.psu,
        scope             text        NOT NULL CHECK (scope IN ('AIS', 'CAF', 'PIS')),
        authorization_id  uuid        NOT NULL UNIQUE REFERENCES bank.psu_authorization,
        generation        integer     NOT NULL CHECK (generation >= 1),
        access_hash       bytea       NOT NULL UNIQUE CHECK (octet_length(access_hash) = 32),
        access_expires_at timestamptz NOT NULL,
        refresh_hash      bytea       NOT NULL UNIQUE CHECK (octet_length(refresh_hash) = 32),
        sca_hash          bytea       CHECK (octet_length(sca_hash) = 32),
        sca_expires_at    timestamptz,
        authenticated_at  timestamptz NOT NULL,
        killed_at         timestamptz,
        CONSTRAINT token_pair_one_per_scope UNIQUE (tpp_id, psu_id, scope),
        CONSTRAINT token_pair_sca_token_is_dated CHECK ((sca_hash IS NULL) = (sca_expires_at IS NULL))
      )`);
    await queryRunner.query(`CREATE INDEX token_pair_psu ON bank.token_pair (psu_id)`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.token_pair.authenticated_at IS 'when the PSU last authenticated; no refresh moves it'`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.token_pair.killed_at IS 'when a spent refresh token of the same consent came back, and ended the pair'`);
    await queryRunner.query(`
      CREATE TABLE bank.rotated_refresh_token (
        refresh_hash      bytea       PRIMARY KEY CHECK (octet_length(refresh_hash) = 32),
        pair_id           uuid        NOT NULL REFERENCES bank.token_pair,
        rotated_at        timestamptz NOT NULL,
        authorization_id  uuid        REFERENCES bank.psu_authorization,
        access_hash       bytea       UNIQUE CHECK (octet_length(access_hash) = 32),
        access_expires_at timestamptz,
        answer_lost_at    timestamptz,
        CONSTRAINT rotated_refresh_token_access_token_is_dated CHECK (
          (access_hash IS NULL) = (access_expires_at IS NULL)
        )
      )`);
    await queryRunner.query(
      `CREATE INDEX rotated_refresh_token_pair ON bank.rotated_refresh_token (pair_id)`,
    );
    await queryRunner.query(`
      CREATE INDEX rotated_refresh_token_authorization ON bank.rotated_refresh_token (authorization_id)`);
    await queryRunner.query(`
      COMMENT ON TABLE bank.rotated_refresh_token IS 'a rotated token is kept, so that its second use is recognised'`);
    await queryRunner.query(`
      CREATE TABLE bank.replay (
        id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        grant_type        text        NOT NULL CHECK (grant_type IN ('authorization_code', 'refresh_token')),
        at                timestamptz NOT NULL,
        after_lost_answer boolean     NOT NULL DEFAULT false
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.replay.after_lost_answer IS 'true if the answer to the first use was lost or broken on its way out of the bank'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.replay`);
    await queryRunner.query(`DROP TABLE bank.rotated_refresh_token`);
    await queryRunner.query(`DROP TABLE bank.token_pair`);
  }
}
