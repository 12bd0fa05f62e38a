import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each pair is to be refreshed, and what a sweep needs to find the due ones of one brand without looking further. */
export class ScheduleRefreshes1795375000000 implements MigrationInterface {
  readonly name = 'ScheduleRefreshes1795375000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.token_pair
        ADD COLUMN brand            text CHECK (brand IN ('belfius', 'banx')),
        ADD COLUMN refresh_due_at   timestamptz,
        ADD COLUMN last_used_at     timestamptz,
        ADD COLUMN refresh_failures integer NOT NULL DEFAULT 0 CHECK (refresh_failures >= 0)`);
    // One rule for everybody who stores a pair or notes its use. The random part lets a herd that was activated together
    // drift apart; it only ever moves a refresh forward.
    await queryRunner.query(`
      CREATE FUNCTION hub.refresh_due(
        issued_at timestamptz, expires_at timestamptz, used_at timestamptz,
        ahead_seconds double precision, idle_hours double precision, keepalive_hours double precision
      ) RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
        SELECT greatest(now() + interval '1 second', CASE
          WHEN used_at > now() - make_interval(secs => idle_hours * 3600) THEN
            expires_at - least(make_interval(secs => ahead_seconds), (expires_at - issued_at) / 3) * (1 + random() / 2)
          ELSE
            issued_at + make_interval(secs => keepalive_hours * 3600) * (1 - random() / 10)
        END)
      $$`);
    // What is overdue on the day of the migration is spread over ten minutes.
    await queryRunner.query(`
      UPDATE hub.token_pair t
         SET brand = c.brand,
             last_used_at = t.issued_at,
             refresh_due_at = CASE WHEN c.state IN ('active', 'refreshed') AND t.refresh_token IS NOT NULL THEN greatest(
               now() + random() * interval '10 minutes',
               hub.refresh_due(t.issued_at, t.access_expires_at, t.issued_at, 600, 24, 24)
             ) END
        FROM hub.consent c WHERE c.id = t.consent_id`);
    await queryRunner.query(`
      ALTER TABLE hub.token_pair
        ALTER COLUMN brand SET NOT NULL,
        ADD CONSTRAINT token_pair_destroyed_is_never_due CHECK (refresh_due_at IS NULL OR refresh_token IS NOT NULL)`);
    await queryRunner.query(`
      CREATE INDEX token_pair_refresh_due ON hub.token_pair (brand, refresh_due_at) WHERE refresh_due_at IS NOT NULL`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_pair.refresh_due_at IS 'when to refresh, or to look again; while a request is open the end of its lease; NULL once the consent has ended'`);
    // A reservation asks whether a doubt of this generation is unresolved. Doubts are rare, the history is long.
    await queryRunner.query(`
      CREATE INDEX token_request_unresolved ON hub.token_request (consent_id, expected_generation) WHERE status = 'probed'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.token_request_unresolved`);
    await queryRunner.query(`DROP INDEX hub.token_pair_refresh_due`);
    await queryRunner.query(`
      ALTER TABLE hub.token_pair
        DROP CONSTRAINT token_pair_destroyed_is_never_due,
        DROP COLUMN brand, DROP COLUMN refresh_due_at, DROP COLUMN last_used_at, DROP COLUMN refresh_failures`);
    await queryRunner.query(`DROP FUNCTION hub.refresh_due`);
  }
}
