import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The head of every timeline, apart from it: entries that are cut off at the end leave a chain that is whole, but shorter. */
export class AnchorConsentTimeline1795375710000 implements MigrationInterface {
  readonly name = 'AnchorConsentTimeline1795375710000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // A narrow table of its own, half empty, so that the write of each entry stays within one page and one index.
    await queryRunner.query(`
      CREATE TABLE hub.consent_timeline (
        consent_id uuid    PRIMARY KEY REFERENCES hub.consent,
        seq        integer NOT NULL CHECK (seq >= 1),
        hash       bytea   NOT NULL
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(
      `COMMENT ON TABLE hub.consent_timeline IS 'number and hash of the last entry of each timeline'`,
    );
    await queryRunner.query(`
      INSERT INTO hub.consent_timeline (consent_id, seq, hash)
        SELECT DISTINCT ON (consent_id) consent_id, seq, hash FROM hub.consent_event ORDER BY consent_id, seq DESC`);
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION hub.chain_consent_event() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        head record;
      BEGIN
        PERFORM 1 FROM hub.consent WHERE id = NEW.consent_id FOR NO KEY UPDATE;
        SELECT seq, hash INTO head FROM hub.consent_timeline WHERE consent_id = NEW.consent_id;
        NEW.seq := coalesce(head.seq, 0) + 1;
        NEW.at := clock_timestamp();
        NEW.previous_hash := head.hash;
        NEW.hash := hub.consent_event_hash(NEW);
        IF NEW.seq = 1 THEN
          INSERT INTO hub.consent_timeline (consent_id, seq, hash) VALUES (NEW.consent_id, NEW.seq, NEW.hash);
        ELSE
          UPDATE hub.consent_timeline SET seq = NEW.seq, hash = NEW.hash WHERE consent_id = NEW.consent_id;
        END IF;
        RETURN NEW;
      END $$`);
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION hub.refuse_timeline_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'hub.% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER consent_timeline_follows_events BEFORE INSERT OR UPDATE OR DELETE ON hub.consent_timeline
        FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION hub.refuse_timeline_change()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_timeline_no_truncate BEFORE TRUNCATE ON hub.consent_timeline
        FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_timeline_change()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION hub.chain_consent_event() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        head record;
      BEGIN
        PERFORM 1 FROM hub.consent WHERE id = NEW.consent_id FOR NO KEY UPDATE;
        SELECT seq, hash INTO head FROM hub.consent_event
          WHERE consent_id = NEW.consent_id ORDER BY seq DESC LIMIT 1;
        NEW.seq := coalesce(head.seq, 0) + 1;
        NEW.at := clock_timestamp();
        NEW.previous_hash := head.hash;
        NEW.hash := hub.consent_event_hash(NEW);
        RETURN NEW;
      END $$`);
    await queryRunner.query(`DROP TABLE hub.consent_timeline`);
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION hub.refuse_timeline_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'hub.consent_event is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
      END $$`);
  }
}
