import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row a brand: whether its scheduled refreshes may go on, and how many may be under way across all replicas. */
export class CreateRefreshGuard1795375100000 implements MigrationInterface {
  readonly name = 'CreateRefreshGuard1795375100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.refresh_guard (
        brand           text        PRIMARY KEY CHECK (brand IN ('belfius', 'banx')),
        version         bigint      NOT NULL DEFAULT 0,
        status          text        NOT NULL DEFAULT 'closed' CHECK (status IN ('closed', 'open', 'half_open')),
        changed_at      timestamptz NOT NULL DEFAULT now(),
        allowance       integer     NOT NULL DEFAULT 0 CHECK (allowance >= 0),
        recent          text[]      NOT NULL DEFAULT '{}',
        under_way       jsonb       NOT NULL DEFAULT '{}',
        canary_failures integer     NOT NULL DEFAULT 0 CHECK (canary_failures >= 0),
        next_canary_at  timestamptz,
        reported_at     timestamptz,
        CONSTRAINT refresh_guard_canary_is_of_an_open_one CHECK (next_canary_at IS NULL OR status = 'open')
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`INSERT INTO hub.refresh_guard (brand) VALUES ('belfius'), ('banx')`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.refresh_guard.version IS 'every writer compares and adds one'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.refresh_guard.recent IS 'the last outcomes, newest last: empty for a good one, the consent of a bad one'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.refresh_guard.under_way IS 'by instance: scheduled refreshes under way, and when they count no longer'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.refresh_guard`);
  }
}
