import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many consents there are of each brand, scope and state, without counting them. Every transition appends its change in
 * its own transaction, so that no two transitions wait for the same row; a job adds the appended rows up. A refresh of a
 * refreshed consent changes no state and appends nothing.
 */
export class CountConsents1795400300000 implements MigrationInterface {
  readonly name = 'CountConsents1795400300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.consent_count (
        brand text   NOT NULL,
        scope text   NOT NULL,
        state text   NOT NULL,
        count bigint NOT NULL,
        PRIMARY KEY (brand, scope, state)
      )`);
    await queryRunner.query(`
      CREATE TABLE hub.consent_count_change (
        brand  text   NOT NULL,
        scope  text   NOT NULL,
        state  text   NOT NULL,
        change bigint NOT NULL
      )`);
    await queryRunner.query(`
      CREATE FUNCTION hub.count_new_consents() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO hub.consent_count_change (brand, scope, state, change)
          SELECT brand, scope, state, count(*) FROM added GROUP BY brand, scope, state;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION hub.count_removed_consents() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO hub.consent_count_change (brand, scope, state, change)
          SELECT brand, scope, state, -count(*) FROM removed GROUP BY brand, scope, state;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION hub.count_moved_consent() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO hub.consent_count_change (brand, scope, state, change)
          VALUES (OLD.brand, OLD.scope, OLD.state, -1), (NEW.brand, NEW.scope, NEW.state, 1);
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER consent_count_added AFTER INSERT ON hub.consent
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION hub.count_new_consents()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_count_removed AFTER DELETE ON hub.consent
        REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION hub.count_removed_consents()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_count_moved AFTER UPDATE ON hub.consent
        FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION hub.count_moved_consent()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER consent_count_moved ON hub.consent`);
    await queryRunner.query(`DROP TRIGGER consent_count_removed ON hub.consent`);
    await queryRunner.query(`DROP TRIGGER consent_count_added ON hub.consent`);
    await queryRunner.query(`DROP FUNCTION hub.count_moved_consent`);
    await queryRunner.query(`DROP FUNCTION hub.count_removed_consents`);
    await queryRunner.query(`DROP FUNCTION hub.count_new_consents`);
    await queryRunner.query(`DROP TABLE hub.consent_count_change`);
    await queryRunner.query(`DROP TABLE hub.consent_count`);
  }
}
