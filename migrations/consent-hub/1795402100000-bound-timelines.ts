import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first of three steps that divide the entries of timelines by month: all there are, and those of some weeks to come, will be
 * the first part. Postgres divides a table without reading it where a valid constraint says what the part holds.
 *
 * The bound lies more than a month ahead: so long may the third step be postponed, and entries are written until then.
 */
export class BoundTimelines1795402100000 implements MigrationInterface {
  readonly name = 'BoundTimelines1795402100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DO $$
      BEGIN
        EXECUTE format(
          'ALTER TABLE hub.consent_event ADD CONSTRAINT consent_event_bound CHECK (at < %L::timestamptz) NOT VALID',
          to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '2 months', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        );
      END $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.consent_event DROP CONSTRAINT consent_event_bound`);
  }
}
