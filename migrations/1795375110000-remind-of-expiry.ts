import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which reminder of its end a consent has had, and what the sweep needs to find those that the next one is due for. */
export class RemindOfExpiry1795375110000 implements MigrationInterface {
  readonly name = 'RemindOfExpiry1795375110000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.consent ADD COLUMN reminded_days smallint CHECK (reminded_days IN (14, 7, 1))`);
    // By the reminder they have had first: those that wait for the next one stand together, in the order in which they end.
    await queryRunner.query(`
      CREATE INDEX consent_reminder_due ON hub.consent (reminded_days, consent_expires_at)
        WHERE state IN ('active', 'refreshed')`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.consent.reminded_days IS 'the last reminder: so many days before consent_expires_at'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.consent_reminder_due`);
    await queryRunner.query(`ALTER TABLE hub.consent DROP COLUMN reminded_days`);
  }
}
