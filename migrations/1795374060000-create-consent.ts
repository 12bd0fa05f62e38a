import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateConsent1795374060000 implements MigrationInterface {
  readonly name = 'CreateConsent1795374060000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.consent (
        id                  uuid        PRIMARY KEY,
        brand               text        NOT NULL CHECK (brand IN ('belfius', 'banx')),
        scope               text        NOT NULL CHECK (scope IN ('AIS', 'CAF', 'PIS')),
        psu_ref             text        NOT NULL CHECK (length(psu_ref) BETWEEN 1 AND 128),
        iban                text        CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
        language            text        CHECK (language IN ('fr', 'nl')),
        state               text        NOT NULL CHECK (state IN (
          'initiated', 'authorized', 'active', 'refreshed',
          'superseded', 'revoked', 'expired', 'rejected', 'failed'
        )),
        state_reason        text        CHECK (state_reason ~ '^[a-z_]{1,64}$'),
        opened_by           uuid        NOT NULL REFERENCES hub.api_client,
        return_url          text,
        redirect_uri        text        NOT NULL,
        callback_state_hash bytea       UNIQUE CHECK (octet_length(callback_state_hash) = 32),
        code_verifier       bytea,
        authorization_code  bytea,
        link_expires_at     timestamptz,
        created_at          timestamptz NOT NULL DEFAULT now(),
        authorized_at       timestamptz,
        activated_at        timestamptz,
        refreshed_at        timestamptz,
        ended_at            timestamptz,
        consent_expires_at  timestamptz,
        superseded_by       uuid        REFERENCES hub.consent,
        CONSTRAINT consent_iban_is_for_caf CHECK ((scope = 'CAF') = (iban IS NOT NULL)),
        CONSTRAINT consent_successor_is_named CHECK ((state = 'superseded') = (superseded_by IS NOT NULL)),
        CONSTRAINT consent_end_is_dated CHECK (
          (state IN ('superseded', 'revoked', 'expired', 'rejected', 'failed')) = (ended_at IS NOT NULL)
        ),
        CONSTRAINT consent_live_is_dated CHECK (
          state NOT IN ('active', 'refreshed') OR (activated_at IS NOT NULL AND consent_expires_at IS NOT NULL)
        ),
        CONSTRAINT consent_secrets_end_with_the_exchange CHECK (
          state IN ('initiated', 'authorized') OR (code_verifier IS NULL AND authorization_code IS NULL)
        )
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX consent_one_live ON hub.consent (brand, psu_ref, scope)
        WHERE state IN ('active', 'refreshed')`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX consent_one_open_link ON hub.consent (brand, psu_ref, scope)
        WHERE state = 'initiated'`);
    await queryRunner.query(`CREATE INDEX consent_opened_by ON hub.consent (opened_by, created_at, id)`);
    await queryRunner.query(`
      CREATE INDEX consent_superseded_by ON hub.consent (superseded_by) WHERE superseded_by IS NOT NULL`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.consent.code_verifier IS 'sealed by the vault, purpose code_verifier, generation 0'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.consent.authorization_code IS 'sealed by the vault, purpose authorization_code, generation 0'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.consent`);
  }
}
