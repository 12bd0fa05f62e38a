import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBankClock1795374300000 implements MigrationInterface {
  readonly name = 'CreateBankClock1795374300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE SCHEMA IF NOT EXISTS bank`);
    await queryRunner.query(`
      CREATE TABLE bank.clock (
        is_only boolean  PRIMARY KEY DEFAULT true CHECK (is_only),
        ahead   interval NOT NULL DEFAULT '0' CHECK (ahead >= '0')
      )`);
    await queryRunner.query(`INSERT INTO bank.clock DEFAULT VALUES`);
    await queryRunner.query(`
      CREATE FUNCTION bank.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
        SELECT now() + ahead FROM bank.clock
      $$`);
    await queryRunner.query(`
      COMMENT ON TABLE bank.clock IS 'how far the bank is ahead of the machine: a year of token lives passes in a test'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION bank.now`);
    await queryRunner.query(`DROP TABLE bank.clock`);
    await queryRunner.query(`DROP SCHEMA bank`);
  }
}
