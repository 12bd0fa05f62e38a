import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateConsentEvent1795374120000 implements MigrationInterface {
  readonly name = 'CreateConsentEvent1795374120000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.consent_event (
        consent_id    uuid        NOT NULL REFERENCES hub.consent,
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
    await queryRunner.query(`
      CREATE FUNCTION hub.consent_event_hash(e hub.consent_event) RETURNS bytea
      LANGUAGE sql IMMUTABLE AS $$
        SELECT sha256(convert_to(jsonb_build_array(
          e.consent_id, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          e.type, e.from_state, e.to_state, e.reason, e.actor, e.data, encode(e.previous_hash, 'hex')
        )::text, 'UTF8'))
      $$`);
    // The number, the moment and the hash are the database's: no writer can forget or choose them. Writers of one consent
    // queue on its row, so that each sees the entry before its own.
    await queryRunner.query(`
      CREATE FUNCTION hub.chain_consent_event() RETURNS trigger LANGUAGE plpgsql AS $$
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
    await queryRunner.query(`
      CREATE FUNCTION hub.refuse_timeline_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'hub.consent_event is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_chain BEFORE INSERT ON hub.consent_event
        FOR EACH ROW EXECUTE FUNCTION hub.chain_consent_event()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_append_only BEFORE UPDATE OR DELETE ON hub.consent_event
        FOR EACH ROW EXECUTE FUNCTION hub.refuse_timeline_change()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_no_truncate BEFORE TRUNCATE ON hub.consent_event
        FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_timeline_change()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER consent_event_chain ON hub.consent_event`);
    await queryRunner.query(`DROP TRIGGER consent_event_append_only ON hub.consent_event`);
    await queryRunner.query(`DROP TRIGGER consent_event_no_truncate ON hub.consent_event`);
    await queryRunner.query(`DROP FUNCTION hub.refuse_timeline_change`);
    await queryRunner.query(`DROP FUNCTION hub.chain_consent_event`);
    await queryRunner.query(`DROP FUNCTION hub.consent_event_hash`);
    await queryRunner.query(`DROP TABLE hub.consent_event`);
  }
}
