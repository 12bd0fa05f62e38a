import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One order over the entries of all timelines, so that they can be read as a feed of events. Entries from before have no position
 * and are not part of the feed.
 *
 * A transaction that drew a low position may commit after one that drew a higher one. How far the feed is complete is shown by the
 * numbers of transactions: each has its own before it draws a position.
 */
export class OrderTimelines1795401700000 implements MigrationInterface {
  readonly name = 'OrderTimelines1795401700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.consent_event ADD COLUMN position bigint`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.consent_event.position IS 'place in the order of all events; NULL: written before there was one'`);
    await queryRunner.query(`CREATE SEQUENCE hub.event_position OWNED BY hub.consent_event.position`);
    await queryRunner.query(`CREATE UNIQUE INDEX consent_event_position ON hub.consent_event (position)`);
    await queryRunner.query(
      chain(`PERFORM pg_current_xact_id();
        NEW.position := nextval('hub.event_position');`),
    );
    await queryRunner.query(`REVOKE ALL ON SEQUENCE hub.event_position FROM consent_hub_app`);
    await queryRunner.query(`GRANT SELECT ON SEQUENCE hub.event_position TO consent_hub_app`);
    await queryRunner.query(`GRANT SELECT (position) ON hub.consent_event TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(chain(''));
    await queryRunner.query(`ALTER TABLE hub.consent_event DROP COLUMN position`);
  }
}

/**
 * The number, the time, the position and the hash are the database's. The position is drawn with the head of the timeline locked:
 * in the order of positions, the entries of one consent are in the order of their numbers.
 */
const chain = (draw: string): string => `
      CREATE OR REPLACE FUNCTION hub.chain_consent_event() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        SELECT seq + 1, hash INTO NEW.seq, NEW.previous_hash
          FROM hub.consent_timeline WHERE consent_id = NEW.consent_id FOR NO KEY UPDATE;
        NEW.seq := coalesce(NEW.seq, 1);
        NEW.at := clock_timestamp();
        ${draw}
        NEW.hash := sha256(convert_to(jsonb_build_array(
          NEW.consent_id, NEW.seq, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          NEW.type, NEW.from_state, NEW.to_state, NEW.reason, NEW.actor, NEW.data, encode(NEW.previous_hash, 'hex')
        )::text, 'UTF8'));
        RETURN NEW;
      END $$`;
