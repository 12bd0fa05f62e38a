import type { MigrationInterface, QueryRunner } from 'typeorm';

export class WidenBankConsents1795375300000 implements MigrationInterface {
  readonly name = 'WidenBankConsents1795375300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Older versions of the bank's API name the account for AIS as well; a challenge may stand for itself (RFC 7636
    // section 4.2, `plain`), and an authentication without a consent has none.
    await queryRunner.query(`
      ALTER TABLE bank.psu_authorization
        DROP CONSTRAINT psu_authorization_iban_is_for_caf,
        ADD CONSTRAINT psu_authorization_caf_names_its_account CHECK (scope <> 'CAF' OR iban IS NOT NULL),
        DROP CONSTRAINT psu_authorization_code_challenge_check,
        ADD CONSTRAINT psu_authorization_code_challenge_check CHECK (code_challenge ~ '^[A-Za-z0-9._~-]{43,128}$'),
        ALTER COLUMN code_challenge DROP NOT NULL,
        ADD COLUMN code_challenge_method text NOT NULL DEFAULT 'S256'
          CONSTRAINT psu_authorization_code_challenge_method_check CHECK (code_challenge_method IN ('S256', 'plain')),
        ADD COLUMN withdrawn_at timestamptz
          CONSTRAINT psu_authorization_withdrawn_was_approved CHECK (withdrawn_at IS NULL OR status = 'approved')`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.psu_authorization.withdrawn_at IS 'the PSU ended the consent in a channel of the bank'`);

    await queryRunner.query(`
      ALTER TABLE bank.token_pair
        ADD COLUMN authenticated_at timestamptz,
        ADD COLUMN killed_at timestamptz`);
    await queryRunner.query(`
      UPDATE bank.token_pair p SET authenticated_at = a.decided_at
        FROM bank.psu_authorization a WHERE a.id = p.authorization_id`);
    await queryRunner.query(`ALTER TABLE bank.token_pair ALTER COLUMN authenticated_at SET NOT NULL`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.token_pair.authenticated_at IS 'when the PSU last proved who they are; no refresh moves it'`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.token_pair.killed_at IS 'a spent refresh token of the same consent came back, and ended it'`);

    // Of a token that was rotated before, nobody knows which consent of the pair it belonged to, nor its access token.
    await queryRunner.query(`
      ALTER TABLE bank.rotated_refresh_token
        ADD COLUMN authorization_id uuid REFERENCES bank.psu_authorization,
        ADD COLUMN access_hash bytea UNIQUE CHECK (octet_length(access_hash) = 32),
        ADD COLUMN access_expires_at timestamptz,
        ADD CONSTRAINT rotated_refresh_token_access_token_is_dated
          CHECK ((access_hash IS NULL) = (access_expires_at IS NULL))`);
    await queryRunner.query(`
      CREATE INDEX rotated_refresh_token_authorization ON bank.rotated_refresh_token (authorization_id)`);

    await queryRunner.query(`
      CREATE TABLE bank.seen_request (
        tpp_id     uuid        NOT NULL REFERENCES bank.tpp,
        request_id text        NOT NULL,
        seen_at    timestamptz NOT NULL,
        PRIMARY KEY (tpp_id, request_id)
      )`);
    await queryRunner.query(`CREATE INDEX seen_request_seen_at ON bank.seen_request (seen_at)`);
    await queryRunner.query(`
      COMMENT ON TABLE bank.seen_request IS 'empty unless the bank is set up to refuse a Request-ID that comes again'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.seen_request`);
    await queryRunner.query(`
      ALTER TABLE bank.rotated_refresh_token
        DROP COLUMN authorization_id, DROP COLUMN access_hash, DROP COLUMN access_expires_at`);
    await queryRunner.query(`
      ALTER TABLE bank.token_pair DROP COLUMN authenticated_at, DROP COLUMN killed_at`);
    // What the older schema has no place for goes, with what hangs on it.
    await queryRunner.query(`
      CREATE TEMPORARY TABLE homeless ON COMMIT DROP AS
      SELECT id FROM bank.psu_authorization
       WHERE (scope = 'CAF') <> (iban IS NOT NULL) OR code_challenge_method = 'plain' OR code_challenge IS NULL`);
    await queryRunner.query(`
      DELETE FROM bank.rotated_refresh_token r USING bank.token_pair p, homeless h
       WHERE p.id = r.pair_id AND p.authorization_id = h.id`);
    await queryRunner.query(
      `DELETE FROM bank.token_pair WHERE authorization_id IN (SELECT id FROM homeless)`,
    );
    await queryRunner.query(
      `DELETE FROM bank.authorization_link WHERE authorization_id IN (SELECT id FROM homeless)`,
    );
    await queryRunner.query(`DELETE FROM bank.psu_authorization WHERE id IN (SELECT id FROM homeless)`);
    await queryRunner.query(`DROP TABLE homeless`);
    await queryRunner.query(`
      ALTER TABLE bank.psu_authorization
        DROP CONSTRAINT psu_authorization_caf_names_its_account,
        ADD CONSTRAINT psu_authorization_iban_is_for_caf CHECK ((scope = 'CAF') = (iban IS NOT NULL)),
        DROP CONSTRAINT psu_authorization_code_challenge_check,
        ADD CONSTRAINT psu_authorization_code_challenge_check CHECK (code_challenge ~ '^[A-Za-z0-9_-]{43}$'),
        ALTER COLUMN code_challenge SET NOT NULL,
        DROP COLUMN code_challenge_method,
        DROP COLUMN withdrawn_at`);
  }
}
