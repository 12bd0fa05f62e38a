import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refreshes by hour and outcome, added up in batches as they end: the journal itself grows too long to be counted. */
export class CreateRefreshTallies1795400900000 implements MigrationInterface {
  readonly name = 'CreateRefreshTallies1795400900000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.refresh_tally (
        hour    timestamptz NOT NULL,
        brand   text        NOT NULL CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        outcome text        NOT NULL CHECK (outcome ~ '^[a-z_]{1,64}$'),
        count   bigint      NOT NULL CHECK (count > 0),
        PRIMARY KEY (hour, brand, outcome)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.refresh_tally`);
  }
}
