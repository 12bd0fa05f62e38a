import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every application of a fault, also of faults that are cleared since. */
export class CountFaultStrikes1795504000000 implements MigrationInterface {
  readonly name = 'CountFaultStrikes1795504000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.fault_strike (
        id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text        NOT NULL CHECK (name ~ '^[a-z0-9_]{1,64}$'),
        at   timestamptz NOT NULL DEFAULT bank.now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.fault_strike`);
  }
}
