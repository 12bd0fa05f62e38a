import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What happens to the hub itself, in the same order of positions as the entries of timelines; append-only as they are. And the one
 * way to change the sequence of positions: to raise it, where a database server that took over has forgotten positions that were read.
 */
export class CreateHubEvents1795401800000 implements MigrationInterface {
  readonly name = 'CreateHubEvents1795401800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.hub_event (
        position bigint      PRIMARY KEY,
        at       timestamptz NOT NULL,
        type     text        NOT NULL CHECK (type ~ '^hub[.][a-z_]{1,60}$'),
        data     jsonb       NOT NULL DEFAULT '{}',
        once_key text        UNIQUE,
        hash     bytea       NOT NULL
      )`);
    for (const [column, comment] of Object.entries({
      position: 'place in the order of all events, of which those of timelines are the others',
      once_key: 'names a fact that several hubs may notice, and that one of them writes',
      hash: 'of position, time, type and data',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.hub_event.${column} IS '${comment}'`);
    }
    await this.drawPositions(queryRunner);
    await this.refuseChanges(queryRunner);
    await this.raisePositions(queryRunner);
    await queryRunner.query(`REVOKE UPDATE, DELETE ON hub.hub_event FROM consent_hub_app`);
    await queryRunner.query(`GRANT SELECT ON hub.hub_event TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.hub_event`);
    await queryRunner.query(`DROP FUNCTION hub.place_hub_event`);
    await queryRunner.query(`DROP FUNCTION hub.raise_event_position`);
  }

  /** The number of the transaction comes before the position, as with the entries of timelines. */
  private async drawPositions(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION hub.place_hub_event() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        NEW.at := clock_timestamp();
        PERFORM pg_current_xact_id();
        NEW.position := nextval('hub.event_position');
        NEW.hash := sha256(convert_to(jsonb_build_array(
          NEW.position, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), NEW.type, NEW.data
        )::text, 'UTF8'));
        RETURN NEW;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER hub_event_position BEFORE INSERT ON hub.hub_event
        FOR EACH ROW EXECUTE FUNCTION hub.place_hub_event()`);
  }

  private async refuseChanges(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TRIGGER hub_event_append_only BEFORE UPDATE OR DELETE ON hub.hub_event
        FOR EACH ROW EXECUTE FUNCTION hub.refuse_timeline_change()`);
    await queryRunner.query(`
      CREATE TRIGGER hub_event_no_truncate BEFORE TRUNCATE ON hub.hub_event
        FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_timeline_change()`);
  }

  /**
   * Draws positions until the wanted one was drawn. `setval` could set the sequence back: to what another session has read before
   * a third one drew more.
   */
  private async raisePositions(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION hub.raise_event_position(wanted bigint) RETURNS bigint
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        reached bigint;
      BEGIN
        SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO reached FROM hub.event_position;
        WHILE reached < wanted LOOP
          reached := nextval('hub.event_position');
        END LOOP;
        RETURN reached;
      END $$`);
    await queryRunner.query(`GRANT EXECUTE ON FUNCTION hub.raise_event_position TO consent_hub_app`);
  }
}
