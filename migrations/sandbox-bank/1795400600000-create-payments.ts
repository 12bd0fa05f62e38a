import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payments, whose status moves on with the clock: no process has to run for a day to begin or for a link to expire. */
export class CreatePayments1795400600000 implements MigrationInterface {
  readonly name = 'CreatePayments1795400600000';

  async up(queryRunner: QueryRunner): Promise<void> {
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
      COMMENT ON COLUMN bank.payment.status IS 'as last written; time moves it on, see bank.payment_status'`);
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
  }
}
