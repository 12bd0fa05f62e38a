import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The timeline of each consent: append-only, each entry with the hash of the one before. The head of every timeline is stored
 * apart, so that entries which are cut off at the end are missed: what is left would be a chain without a fault.
 */
export class CreateTimelines1795400400000 implements MigrationInterface {
  readonly name = 'CreateTimelines1795400400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.createTables(queryRunner);
    await this.chainEvents(queryRunner);
    await this.refuseChanges(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER consent_event_chain ON hub.consent_event`);
    await queryRunner.query(`DROP TRIGGER consent_event_heads ON hub.consent_event`);
    await queryRunner.query(`DROP TRIGGER consent_event_append_only ON hub.consent_event`);
    await queryRunner.query(`DROP TRIGGER consent_event_no_truncate ON hub.consent_event`);
    await queryRunner.query(`DROP TABLE hub.consent_timeline`);
    await queryRunner.query(`DROP FUNCTION hub.refuse_timeline_change`);
    await queryRunner.query(`DROP FUNCTION hub.move_timeline_heads`);
    await queryRunner.query(`DROP FUNCTION hub.chain_consent_event`);
    await queryRunner.query(`DROP FUNCTION hub.consent_event_hash`);
    await queryRunner.query(`DROP TABLE hub.consent_event`);
  }

  private async createTables(queryRunner: QueryRunner): Promise<void> {
    // No foreign key, which every refresh would pay for: the first entry makes the head, whose foreign key says that the consent
    // exists, and every further entry finds that head.
    await queryRunner.query(`
      CREATE TABLE hub.consent_event (
        consent_id    uuid        NOT NULL,
        seq           integer     NOT NULL CHECK (seq >= 1),
        at            timestamptz NOT NULL,
        type          text        NOT NULL CHECK (type ~ '^[a-z_]{1,64}$'),
        from_state    text,
        to_state      text,
        reason        text,
        actor         text        NOT NULL,
        data          jsonb       NOT NULL DEFAULT '{}',
        previous_hash bytea,
        hash          bytea       NOT NULL,
        PRIMARY KEY (consent_id, seq),
        CONSTRAINT consent_event_chain CHECK ((seq = 1) = (previous_hash IS NULL))
      )`);
    // A narrow table, half empty, so that the update of each head stays within one page and one index.
    await queryRunner.query(`
      CREATE TABLE hub.consent_timeline (
        consent_id uuid    PRIMARY KEY REFERENCES hub.consent,
        seq        integer NOT NULL CHECK (seq >= 1),
        hash       bytea   NOT NULL
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`
      COMMENT ON TABLE hub.consent_timeline IS 'number and hash of the last entry of each timeline'`);
  }

  private async chainEvents(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION hub.consent_event_hash(e hub.consent_event) RETURNS bytea
      LANGUAGE sql IMMUTABLE AS $$
        SELECT sha256(convert_to(jsonb_build_array(
          e.consent_id, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          e.type, e.from_state, e.to_state, e.reason, e.actor, e.data, encode(e.previous_hash, 'hex')
        )::text, 'UTF8'))
      $$`);
    // The number, the time and the hash are the database's: no writer can forget or choose them. The row of the head makes the
    // writers of one timeline queue. One entry of a consent per statement: of two, the second would get the number of the first,
    // which the primary key refuses. The hash is written out, word for word as in hub.consent_event_hash, by which timelines are
    // verified: to call that function costs as much as to hash.
    await queryRunner.query(`
      CREATE FUNCTION hub.chain_consent_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        SELECT seq + 1, hash INTO NEW.seq, NEW.previous_hash
          FROM hub.consent_timeline WHERE consent_id = NEW.consent_id FOR NO KEY UPDATE;
        NEW.seq := coalesce(NEW.seq, 1);
        NEW.at := clock_timestamp();
        NEW.hash := sha256(convert_to(jsonb_build_array(
          NEW.consent_id, NEW.seq, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          NEW.type, NEW.from_state, NEW.to_state, NEW.reason, NEW.actor, NEW.data, encode(NEW.previous_hash, 'hex')
        )::text, 'UTF8'));
        RETURN NEW;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_chain BEFORE INSERT ON hub.consent_event
        FOR EACH ROW EXECUTE FUNCTION hub.chain_consent_event()`);
    // Once per statement, not once per entry.
    await queryRunner.query(`
      CREATE FUNCTION hub.move_timeline_heads() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO hub.consent_timeline AS head (consent_id, seq, hash)
          SELECT consent_id, seq, hash FROM added
          ON CONFLICT (consent_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_heads AFTER INSERT ON hub.consent_event
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION hub.move_timeline_heads()`);
  }

  private async refuseChanges(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION hub.refuse_timeline_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'hub.% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_append_only BEFORE UPDATE OR DELETE ON hub.consent_event
        FOR EACH ROW EXECUTE FUNCTION hub.refuse_timeline_change()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_no_truncate BEFORE TRUNCATE ON hub.consent_event
        FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_timeline_change()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_timeline_follows_events BEFORE INSERT OR UPDATE OR DELETE ON hub.consent_timeline
        FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION hub.refuse_timeline_change()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_timeline_no_truncate BEFORE TRUNCATE ON hub.consent_timeline
        FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_timeline_change()`);
  }
}
