import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A refresh is what this database does all day. It no longer writes the consent's row, with its many indexes, to say when it
 * was: the pair says so. And the heads of the timelines are moved once a statement, not once an entry.
 */
export class LightenRefreshes1795376100000 implements MigrationInterface {
  readonly name = 'LightenRefreshes1795376100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.token_pair ADD COLUMN refreshed_at timestamptz`);
    await queryRunner.query(`
      UPDATE hub.token_pair t SET refreshed_at = c.refreshed_at
        FROM hub.consent c WHERE c.id = t.consent_id AND c.refreshed_at IS NOT NULL`);
    await queryRunner.query(`ALTER TABLE hub.consent DROP COLUMN refreshed_at`);
    await queryRunner.query(
      `COMMENT ON COLUMN hub.token_pair.refreshed_at IS 'when this pair took the place of the one before; NULL for the first'`,
    );
    // Every request writes each index twice. Open requests are few and found by the index that allows one a consent; a
    // Request-ID is looked for among the kept answers alone, and made by chance, it needs no index to be unique.
    await queryRunner.query(`DROP INDEX hub.token_request_open_lease`);
    await queryRunner.query(`ALTER TABLE hub.token_request DROP CONSTRAINT token_request_request_id_key`);
    // The head's own row makes the writers of one timeline queue. One entry of a consent in a statement: of two, the second
    // would have the number of the first, which the primary key refuses.
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

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER consent_event_heads ON hub.consent_event`);
    await queryRunner.query(`DROP FUNCTION hub.move_timeline_heads`);
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
      ALTER TABLE hub.token_request ADD CONSTRAINT token_request_request_id_key UNIQUE (request_id)`);
    await queryRunner.query(`
      CREATE INDEX token_request_open_lease ON hub.token_request (lease_ends_at)
        WHERE status IN ('sent', 'received', 'in_doubt')`);
    await queryRunner.query(`ALTER TABLE hub.consent ADD COLUMN refreshed_at timestamptz`);
    await queryRunner.query(`
      UPDATE hub.consent c SET refreshed_at = t.refreshed_at
        FROM hub.token_pair t WHERE t.consent_id = c.id AND t.refreshed_at IS NOT NULL`);
    await queryRunner.query(`ALTER TABLE hub.token_pair DROP COLUMN refreshed_at`);
  }
}
