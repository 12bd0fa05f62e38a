import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBankPsu1795374420000 implements MigrationInterface {
  readonly name = 'CreateBankPsu1795374420000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.psu (
        id       text    PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
        brand    text    NOT NULL CHECK (brand IN ('belfius', 'banx')),
        position integer NOT NULL,
        name     text    NOT NULL,
        language text    NOT NULL CHECK (language IN ('fr', 'nl'))
      )`);
    await queryRunner.query(`
      CREATE TABLE bank.account (
        iban        text    PRIMARY KEY CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
        brand       text    NOT NULL CHECK (brand IN ('belfius', 'banx')),
        kind        text    NOT NULL CHECK (kind IN ('payment', 'savings')),
        label       text    NOT NULL,
        holder      text    NOT NULL,
        currency    text    NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        balance     numeric(16, 2) NOT NULL,
        is_blocked  boolean NOT NULL DEFAULT false,
        is_eligible boolean NOT NULL GENERATED ALWAYS AS (kind = 'payment' AND NOT is_blocked) STORED
      )`);
    await queryRunner.query(`
      CREATE TABLE bank.account_psu (
        psu_id   text    NOT NULL REFERENCES bank.psu,
        position integer NOT NULL,
        iban     text    NOT NULL REFERENCES bank.account,
        PRIMARY KEY (psu_id, iban)
      )`);
    await queryRunner.query(`CREATE INDEX account_psu_iban ON bank.account_psu (iban)`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.account.is_eligible IS 'may be opened to a TPP: a payment account, not blocked'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.account_psu`);
    await queryRunner.query(`DROP TABLE bank.account`);
    await queryRunner.query(`DROP TABLE bank.psu`);
  }
}
