import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each verification of all timelines: who asked for it, how far it has come, and what it has found. */
export class CreateTimelineVerifications1795501100000 implements MigrationInterface {
  readonly name = 'CreateTimelineVerifications1795501100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.timeline_verification (
        id             uuid        PRIMARY KEY,
        requested_by   text        NOT NULL,
        is_own         boolean     NOT NULL,
        begun_at       timestamptz NOT NULL DEFAULT now(),
        reached_at     timestamptz NOT NULL DEFAULT now(),
        ended_at       timestamptz,
        after_consent  uuid,
        timelines      bigint      NOT NULL DEFAULT 0 CHECK (timelines >= 0),
        entries        bigint      NOT NULL DEFAULT 0 CHECK (entries >= 0),
        broken_count   integer     NOT NULL DEFAULT 0 CHECK (broken_count >= 0),
        broken         jsonb       NOT NULL DEFAULT '[]',
        lease_owner    text,
        lease_ends_at  timestamptz
      ) WITH (fillfactor = 50)`);
    for (const [column, comment] of Object.entries({
      is_own: 'true: hubs verify page by page; false: a caller of the API asks for the pages',
      reached_at: 'when the last page was verified',
      after_consent: 'the last page ended with this consent; NULL: before the first page, and at the end',
      broken: 'the first broken timelines, some of them',
      lease_owner: 'the process that verifies the next page',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.timeline_verification.${column} IS '${comment}'`);
    }
    await queryRunner.query(
      `CREATE INDEX timeline_verification_begun ON hub.timeline_verification (begun_at)`,
    );
    await queryRunner.query(`
      CREATE UNIQUE INDEX timeline_verification_one_own ON hub.timeline_verification (is_own)
        WHERE is_own AND ended_at IS NULL`);
    await queryRunner.query(`GRANT SELECT ON hub.timeline_verification TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.timeline_verification`);
  }
}
