import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBankUnattendedCall1795375520000 implements MigrationInterface {
  readonly name = 'CreateBankUnattendedCall1795375520000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.unattended_call (
        tpp_id   uuid          NOT NULL REFERENCES bank.tpp,
        iban     text          NOT NULL REFERENCES bank.account,
        resource text          NOT NULL CHECK (resource IN ('account', 'transactions')),
        called   timestamptz[] NOT NULL CHECK (cardinality(called) BETWEEN 1 AND 4),
        PRIMARY KEY (tpp_id, iban, resource)
      )`);
    await queryRunner.query(`CREATE INDEX unattended_call_iban ON bank.unattended_call (iban)`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.unattended_call.called IS 'in the last 24 hours, as of the last of them'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.unattended_call`);
  }
}
