import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What every refresh paid for its entry in the timeline, and need not. An entry is of a consent that exists: the first one
 * makes the head, whose foreign key says so, and every further one finds that head. And what the hash is of is written out
 * here, word for word as in `hub.consent_event_hash`, by which timelines are verified: to call that costs as much as to hash.
 */
export class TrustTimelineHeads1795376600000 implements MigrationInterface {
  readonly name = 'TrustTimelineHeads1795376600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.consent_event DROP CONSTRAINT consent_event_consent_id_fkey`);
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION hub.chain_consent_event() RETURNS trigger LANGUAGE plpgsql AS $$
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
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION hub.chain_consent_event() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        head record;
      BEGIN
        SELECT seq, hash INTO head FROM hub.consent_timeline WHERE consent_id = NEW.consent_id FOR NO KEY UPDATE;
        NEW.seq := coalesce(head.seq, 0) + 1;
        NEW.at := clock_timestamp();
        NEW.previous_hash := head.hash;
        NEW.hash := hub.consent_event_hash(NEW);
        RETURN NEW;
      END $$`);
    await queryRunner.query(`
      ALTER TABLE hub.consent_event
        ADD CONSTRAINT consent_event_consent_id_fkey FOREIGN KEY (consent_id) REFERENCES hub.consent`);
  }
}
