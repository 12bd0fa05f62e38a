import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A claim writes no due time any more: a pair stays due until its request has ended, and who claims passes over it. */
export class KeepDueUntilSettled1795376700000 implements MigrationInterface {
  readonly name = 'KeepDueUntilSettled1795376700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_pair.refresh_due_at IS 'when to refresh, or to look again; a pair whose request is under way keeps it; NULL once the consent has ended'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_pair.refresh_due_at IS 'when to refresh, or to look again; while a request is open the end of its lease; NULL once the consent has ended'`);
  }
}
