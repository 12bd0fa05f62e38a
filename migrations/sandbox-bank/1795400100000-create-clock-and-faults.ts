import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the bank is steered: its clock and its faults, the same for all processes of the bank. */
export class CreateClockAndFaults1795400100000 implements MigrationInterface {
  readonly name = 'CreateClockAndFaults1795400100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE SCHEMA IF NOT EXISTS bank`);
    await queryRunner.query(`
      CREATE TABLE bank.clock (
        is_only boolean  PRIMARY KEY DEFAULT true CHECK (is_only),
        ahead   interval NOT NULL DEFAULT '0' CHECK (ahead >= '0')
      )`);
    await queryRunner.query(`INSERT INTO bank.clock DEFAULT VALUES`);
    await queryRunner.query(`
      COMMENT ON TABLE bank.clock IS 'how far the bank is ahead of the machine: a test passes a year of token lives in seconds'`);
    await queryRunner.query(`
      CREATE FUNCTION bank.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
        SELECT now() + ahead FROM bank.clock
      $$`);
    await queryRunner.query(`
      CREATE FUNCTION bank.today() RETURNS date LANGUAGE sql STABLE AS $$
        SELECT (bank.now() AT TIME ZONE 'Europe/Brussels')::date
      $$`);
    await queryRunner.query(`
      CREATE TABLE bank.fault (
        id         bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name       text    NOT NULL CHECK (name ~ '^[a-z0-9_]{1,64}$'),
        endpoint   text    NOT NULL,
        brand      text    CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        grant_type text    CHECK (grant_type IN ('authorization_code', 'refresh_token')),
        times      integer CHECK (times > 0),
        remaining  integer CHECK (remaining >= 0),
        struck     integer NOT NULL DEFAULT 0,
        delay_ms   integer CHECK (delay_ms >= 0),
        field      text,
        CONSTRAINT fault_is_set_once UNIQUE NULLS NOT DISTINCT (name, endpoint, brand, grant_type),
        CONSTRAINT fault_counts_what_is_left CHECK ((times IS NULL) = (remaining IS NULL))
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.fault.remaining IS 'how many more calls it strikes; NULL: every call until it is deleted'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.fault`);
    await queryRunner.query(`DROP FUNCTION bank.today`);
    await queryRunner.query(`DROP FUNCTION bank.now`);
    await queryRunner.query(`DROP TABLE bank.clock`);
    await queryRunner.query(`DROP SCHEMA bank`);
  }
}
