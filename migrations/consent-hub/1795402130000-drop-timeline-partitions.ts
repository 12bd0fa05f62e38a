import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Partitions of timelines can be dropped, by the owner of the schema alone: hubs add entries and take none away. Where the chains
 * end in a partition is stored before it goes.
 */
export class DropTimelinePartitions1795402130000 implements MigrationInterface {
  readonly name = 'DropTimelinePartitions1795402130000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.timeline_partition
        ADD COLUMN based_until uuid, ADD COLUMN is_based boolean NOT NULL DEFAULT false, ADD COLUMN dropped_at timestamptz`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.timeline_partition.is_based IS 'the last entry of each of its timelines is in timeline_base'`);
    await queryRunner.query(`
      CREATE TABLE hub.timeline_base (
        consent_id uuid    PRIMARY KEY,
        seq        integer NOT NULL CHECK (seq >= 1),
        hash       bytea   NOT NULL
      )`);
    await queryRunner.query(`
      COMMENT ON TABLE hub.timeline_base IS 'number and hash of the last entry of each timeline in a partition that was dropped'`);
    await queryRunner.query(`
      CREATE TABLE hub.timeline_export (
        month       date        PRIMARY KEY CHECK (extract(day FROM month) = 1),
        entries     bigint      NOT NULL CHECK (entries >= 0),
        digest      bytea       NOT NULL,
        exported_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.timeline_export.digest IS 'SHA-256 of the hashes of the entries in the order of the export'`);
    await queryRunner.query(`REVOKE INSERT, UPDATE, DELETE ON hub.timeline_base FROM consent_hub_app`);
    await queryRunner.query(`REVOKE DELETE ON hub.timeline_export FROM consent_hub_app`);
    await queryRunner.query(`
      GRANT SELECT ON hub.timeline_partition, hub.timeline_base, hub.timeline_export TO consent_hub_read`);
    await queryRunner.query(BASE_TIMELINES);
    await queryRunner.query(DROP_PARTITION);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(REFUSE_WHERE_DROPPED);
    await queryRunner.query(`DROP FUNCTION hub.drop_timeline_partition`);
    await queryRunner.query(`DROP FUNCTION hub.base_timelines`);
    await queryRunner.query(`DROP TABLE hub.timeline_export, hub.timeline_base`);
    await queryRunner.query(
      `ALTER TABLE hub.timeline_partition DROP COLUMN based_until, DROP COLUMN is_based, DROP COLUMN dropped_at`,
    );
  }
}

const REFUSE_WHERE_DROPPED = `
      DO $$
      BEGIN
        IF EXISTS (SELECT FROM hub.timeline_partition WHERE dropped_at IS NOT NULL) THEN
          RAISE EXCEPTION 'entries of timelines were dropped: without partitions, no chain would begin where they end';
        END IF;
      END $$`;

const AS_OWNER = `LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, YMD'`;

/**
 * Stores where the chains end in the oldest partition, for the next so many timelines: the verifier continues from there once it is
 * dropped. Repeated until nothing is left, by the owner of the schema; an interrupted one continues where it ended. Each timeline
 * costs two look-ups, with any number of entries.
 *
 * @returns how many timelines; 0: all are stored
 */
const BASE_TIMELINES = `
      CREATE FUNCTION hub.base_timelines(partition text, timelines integer) RETURNS integer
      ${AS_OWNER} AS $$
      DECLARE
        part hub.timeline_partition;
        latest uuid;
        stored integer;
      BEGIN
        SELECT * INTO part FROM hub.timeline_partition WHERE name = partition AND dropped_at IS NULL FOR UPDATE;
        IF NOT FOUND OR part.ends_at > now() - interval '1 day'
           OR EXISTS (SELECT FROM hub.timeline_partition p WHERE p.dropped_at IS NULL AND p.ends_at < part.ends_at) THEN
          RAISE EXCEPTION 'hub.% is not the oldest partition of timelines, or its months are not over', partition
            USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        IF part.is_based THEN RETURN 0; END IF;
        EXECUTE format('
          WITH RECURSIVE next AS (
            (SELECT consent_id, 1 AS nth FROM hub.%1$I WHERE %2$s ORDER BY consent_id LIMIT 1)
            UNION ALL
            SELECT (SELECT e.consent_id FROM hub.%1$I e WHERE e.consent_id > next.consent_id ORDER BY e.consent_id LIMIT 1), nth + 1
              FROM next WHERE nth < $2 AND consent_id IS NOT NULL
          ), last AS MATERIALIZED (
            SELECT e.consent_id, e.seq, e.hash FROM next CROSS JOIN LATERAL (
              SELECT consent_id, seq, hash FROM hub.%1$I WHERE consent_id = next.consent_id ORDER BY seq DESC LIMIT 1) e
          ), stored AS (
            INSERT INTO hub.timeline_base AS base SELECT consent_id, seq, hash FROM last
            ON CONFLICT (consent_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE base.seq < excluded.seq
          )
          SELECT count(*)::integer, (SELECT consent_id FROM last ORDER BY consent_id DESC LIMIT 1) FROM last',
          partition, CASE WHEN part.based_until IS NULL THEN 'true' ELSE 'consent_id > $1' END)
          INTO stored, latest USING part.based_until, timelines;
        UPDATE hub.timeline_partition SET based_until = coalesce(latest, based_until), is_based = stored = 0
         WHERE name = partition;
        RETURN stored;
      END $$`;

/** Drops a partition whose chains have their ends stored. Its months do not come back: the verifier begins after them. */
const DROP_PARTITION = `
      CREATE FUNCTION hub.drop_timeline_partition(partition text) RETURNS void
      ${AS_OWNER} SET lock_timeout = '1s' AS $$
      BEGIN
        PERFORM FROM hub.timeline_partition WHERE name = partition AND dropped_at IS NULL AND is_based FOR UPDATE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'the ends of the chains in hub.% are not stored', partition
            USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        EXECUTE format('DROP TABLE hub.%I', partition);
        UPDATE hub.timeline_partition SET dropped_at = now() WHERE name = partition;
      END $$`;
