import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBankPayment1795375600000 implements MigrationInterface {
  readonly name = 'CreateBankPayment1795375600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE bank.psu_authorization
        ADD COLUMN purpose text NOT NULL DEFAULT 'consent'
          CONSTRAINT psu_authorization_purpose_check CHECK (purpose IN ('consent', 'payment', 'sca')),
        ADD COLUMN returns_code boolean NOT NULL DEFAULT true,
        ADD COLUMN bound_psu_id text REFERENCES bank.psu,
        ADD CONSTRAINT psu_authorization_purpose_has_its_scope CHECK (
          CASE purpose WHEN 'payment' THEN scope = 'PIS' WHEN 'sca' THEN scope = 'AIS' ELSE true END
        ),
        ADD CONSTRAINT psu_authorization_consent_is_open_to_all CHECK (
          purpose <> 'consent' OR (returns_code AND bound_psu_id IS NULL)
        ),
        ADD CONSTRAINT psu_authorization_sca_is_for_one CHECK (purpose <> 'sca' OR bound_psu_id IS NOT NULL),
        DROP CONSTRAINT psu_authorization_approval_is_whole,
        ADD CONSTRAINT psu_authorization_approval_is_whole CHECK (
          (status = 'approved') = (psu_id IS NOT NULL)
          AND (status = 'approved') = (ibans IS NOT NULL)
          AND (status = 'approved') = (consent_expires_at IS NOT NULL)
          AND (status = 'approved' AND returns_code) = (code_hash IS NOT NULL)
          AND (code_hash IS NULL) = (code_expires_at IS NULL)
        )`);
    await queryRunner.query(
      `CREATE INDEX psu_authorization_bound_psu ON bank.psu_authorization (bound_psu_id)`,
    );
    await queryRunner.query(`
      COMMENT ON COLUMN bank.psu_authorization.returns_code IS 'false where the TPP holds a pair already'`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.psu_authorization.bound_psu_id IS 'the one who may approve, where the TPP''s token says who'`);
    await queryRunner.query(`
      CREATE TABLE bank.payment (
        id               uuid        PRIMARY KEY,
        authorization_id uuid        NOT NULL UNIQUE REFERENCES bank.psu_authorization,
        product          text        NOT NULL CHECK (product IN (
                           'sepa-credit-transfers', 'instant-sepa-credit-transfers', 'cross-border-credit-transfers'
                         )),
        status           text        NOT NULL DEFAULT 'RCVD'
                                     CHECK (status IN ('RCVD', 'PDNG', 'ACSC', 'RJCT', 'CANC')),
        status_at        timestamptz NOT NULL,
        debtor_iban      text        REFERENCES bank.account,
        instruction      jsonb       NOT NULL,
        execution_date   date,
        CONSTRAINT payment_signed_has_a_debtor CHECK (status NOT IN ('PDNG', 'ACSC') OR debtor_iban IS NOT NULL),
        CONSTRAINT payment_pending_has_a_date CHECK (status <> 'PDNG' OR execution_date IS NOT NULL)
      )`);
    await queryRunner.query(`CREATE INDEX payment_debtor ON bank.payment (debtor_iban)`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.payment.status IS 'as last written; time moves it on: see bank.payment_status'`);
    // No process has to be up for a day to begin or for a link to grow old.
    await queryRunner.query(`
      CREATE FUNCTION bank.payment_status(p bank.payment) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT CASE
          WHEN p.status = 'RCVD' AND (SELECT a.expires_at <= bank.now() FROM bank.psu_authorization a
                                       WHERE a.id = p.authorization_id) THEN 'RJCT'
          WHEN p.status = 'PDNG' AND p.execution_date <= bank.today() THEN 'ACSC'
          ELSE p.status
        END
      $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION bank.payment_status`);
    await queryRunner.query(`DROP TABLE bank.payment`);
    // What the older schema has no place for goes, with what hangs on it.
    const homeless = `SELECT id FROM bank.psu_authorization WHERE purpose <> 'consent'`;
    await queryRunner.query(`
      DELETE FROM bank.rotated_refresh_token WHERE authorization_id IN (${homeless})
          OR pair_id IN (SELECT id FROM bank.token_pair WHERE authorization_id IN (${homeless}))`);
    await queryRunner.query(`DELETE FROM bank.token_pair WHERE authorization_id IN (${homeless})`);
    await queryRunner.query(`DELETE FROM bank.authorization_link WHERE authorization_id IN (${homeless})`);
    await queryRunner.query(`DELETE FROM bank.psu_authorization WHERE purpose <> 'consent'`);
    await queryRunner.query(`
      ALTER TABLE bank.psu_authorization
        DROP CONSTRAINT psu_authorization_approval_is_whole,
        DROP COLUMN purpose,
        DROP COLUMN returns_code,
        DROP COLUMN bound_psu_id,
        ADD CONSTRAINT psu_authorization_approval_is_whole CHECK (
          (status = 'approved') = (psu_id IS NOT NULL)
          AND (status = 'approved') = (ibans IS NOT NULL)
          AND (status = 'approved') = (consent_expires_at IS NOT NULL)
          AND (status = 'approved') = (code_hash IS NOT NULL)
          AND (status = 'approved') = (code_expires_at IS NOT NULL)
        )`);
  }
}
