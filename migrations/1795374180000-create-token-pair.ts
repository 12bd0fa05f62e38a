import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTokenPair1795374180000 implements MigrationInterface {
  readonly name = 'CreateTokenPair1795374180000';

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
        CONSTRAINT token_pair_pair_is_whole CHECK ((access_token IS NULL) = (refresh_token IS NULL)),
        CONSTRAINT token_pair_sca_token_is_dated CHECK ((sca_token IS NULL) = (sca_token_expires_at IS NULL))
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_pair.access_token IS 'sealed by the vault, bound to consent, purpose and generation; NULL once destroyed'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_pair.issued_at IS 'when the request was sent, not answered: the life of the token may have begun then'`);
    await queryRunner.query(`
      CREATE TABLE hub.consent_account (
        consent_id uuid NOT NULL REFERENCES hub.consent,
        iban       text NOT NULL,
        logical_id text NOT NULL,
        PRIMARY KEY (consent_id, iban)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.consent_account`);
    await queryRunner.query(`DROP TABLE hub.token_pair`);
  }
}
