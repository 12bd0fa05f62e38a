import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBankPsuAuthorization1795374480000 implements MigrationInterface {
  readonly name = 'CreateBankPsuAuthorization1795374480000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.psu_authorization (
        id                 uuid        PRIMARY KEY,
        tpp_id             uuid        NOT NULL REFERENCES bank.tpp,
        scope              text        NOT NULL CHECK (scope IN ('AIS', 'CAF', 'PIS')),
        status             text        NOT NULL DEFAULT 'pending'
                                       CHECK (status IN ('pending', 'approved', 'refused', 'failed')),
        redirect_uri       text        NOT NULL,
        code_challenge     text        NOT NULL CHECK (code_challenge ~ '^[A-Za-z0-9_-]{43}$'),
        iban               text        REFERENCES bank.account,
        opened_at          timestamptz NOT NULL,
        expires_at         timestamptz NOT NULL,
        decided_at         timestamptz,
        psu_id             text        REFERENCES bank.psu,
        ibans              text[],
        state_hash         bytea       CHECK (octet_length(state_hash) = 32),
        consent_expires_at timestamptz,
        code_hash          bytea       UNIQUE CHECK (octet_length(code_hash) = 32),
        code_expires_at    timestamptz,
        code_used_at       timestamptz,
        CONSTRAINT psu_authorization_iban_is_for_caf CHECK ((scope = 'CAF') = (iban IS NOT NULL)),
        CONSTRAINT psu_authorization_decision_is_dated CHECK ((status = 'pending') = (decided_at IS NULL)),
        CONSTRAINT psu_authorization_approval_is_whole CHECK (
          (status = 'approved') = (psu_id IS NOT NULL)
          AND (status = 'approved') = (ibans IS NOT NULL)
          AND (status = 'approved') = (consent_expires_at IS NOT NULL)
          AND (status = 'approved') = (code_hash IS NOT NULL)
          AND (status = 'approved') = (code_expires_at IS NOT NULL)
        )
      )`);
    await queryRunner.query(`CREATE INDEX psu_authorization_tpp ON bank.psu_authorization (tpp_id)`);
    await queryRunner.query(`CREATE INDEX psu_authorization_psu ON bank.psu_authorization (psu_id)`);
    await queryRunner.query(`CREATE INDEX psu_authorization_iban ON bank.psu_authorization (iban)`);
    await queryRunner.query(`CREATE INDEX psu_authorization_state ON bank.psu_authorization (state_hash)`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.psu_authorization.code_used_at IS 'a used code is kept, so that its second use is recognised'`);
    await queryRunner.query(`
      CREATE TABLE bank.authorization_link (
        app_token_hash   bytea PRIMARY KEY CHECK (octet_length(app_token_hash) = 32),
        authorization_id uuid  NOT NULL REFERENCES bank.psu_authorization,
        language         text  NOT NULL CHECK (language IN ('fr', 'nl')),
        UNIQUE (authorization_id, language)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.authorization_link`);
    await queryRunner.query(`DROP TABLE bank.psu_authorization`);
  }
}
