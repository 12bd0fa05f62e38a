import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DescribeBankAccounts1795375500000 implements MigrationInterface {
  readonly name = 'DescribeBankAccounts1795375500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION bank.today() RETURNS date LANGUAGE sql STABLE AS $$
        SELECT (bank.now() AT TIME ZONE 'Europe/Brussels')::date
      $$`);
    await queryRunner.query(`
      ALTER TABLE bank.account
        ADD COLUMN activity text NOT NULL DEFAULT 'salary'
                            CHECK (activity IN ('salary', 'household', 'business', 'quiet', 'none')),
        ADD COLUMN language text NOT NULL DEFAULT 'fr' CHECK (language IN ('fr', 'nl'))`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.account.balance IS 'at the start of every month: the movements of a month add up to nothing'`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.account.activity IS 'what its movements follow from, beside its number; none is stored'`);
    await queryRunner.query(`
      CREATE TABLE bank.account_compartment (
        iban     text           NOT NULL REFERENCES bank.account,
        currency text           NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        balance  numeric(16, 2) NOT NULL,
        PRIMARY KEY (iban, currency)
      )`);
    await queryRunner.query(`
      COMMENT ON TABLE bank.account_compartment IS 'the further currencies of a multi-currency account'`);
    await queryRunner.query(`
      ALTER TABLE bank.account_psu ADD COLUMN is_enrolled boolean NOT NULL DEFAULT true`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.account_psu.is_enrolled IS
        'may open it to a TPP: a company enrols whoever is not its legal representative'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE bank.account_psu DROP COLUMN is_enrolled`);
    await queryRunner.query(`DROP TABLE bank.account_compartment`);
    await queryRunner.query(`COMMENT ON COLUMN bank.account.balance IS NULL`);
    await queryRunner.query(`ALTER TABLE bank.account DROP COLUMN language, DROP COLUMN activity`);
    await queryRunner.query(`DROP FUNCTION bank.today`);
  }
}
