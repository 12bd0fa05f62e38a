import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For some time after a pause, scheduled refreshes are drawn at random from what is due. */
export class NoteResumedRefreshes1795377300000 implements MigrationInterface {
  readonly name = 'NoteResumedRefreshes1795377300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.refresh_guard ADD COLUMN resumed_at timestamptz`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.refresh_guard.resumed_at IS 'when the circuit breaker closed again; NULL where it was never open'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.refresh_guard.recent IS 'the last outcomes, newest last: empty for a good one, the consent of one that counts against the bank; while open, the refused canaries'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      COMMENT ON COLUMN hub.refresh_guard.recent IS 'the last outcomes, newest last: empty for a good one, the consent of a bad one'`);
    await queryRunner.query(`ALTER TABLE hub.refresh_guard DROP COLUMN resumed_at`);
  }
}
