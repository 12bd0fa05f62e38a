import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBankFault1795375400000 implements MigrationInterface {
  readonly name = 'CreateBankFault1795375400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.fault (
        id         bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name       text    NOT NULL CHECK (name ~ '^[a-z0-9_]{1,64}$'),
        endpoint   text    NOT NULL,
        brand      text    CHECK (brand IN ('belfius', 'banx')),
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
      COMMENT ON COLUMN bank.fault.remaining IS 'how often it still strikes; null until it is deleted'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.fault`);
  }
}
