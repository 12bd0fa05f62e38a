import type { MigrationInterface, QueryRunner } from 'typeorm';

const COUNT_MOVED = (columns: string, left: string, entered: string): string => `
  CREATE OR REPLACE FUNCTION hub.count_moved_consent() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO hub.consent_count_change (brand, scope, state, change${columns})
          VALUES (OLD.brand, OLD.scope, OLD.state, -1${left}), (NEW.brand, NEW.scope, NEW.state, 1${entered});
        RETURN NULL;
      END $$`;

/**
 * How many consents entered each state, by day and reason. The list of changed counts says so already, in the transaction of each
 * change, once it has the time and the reason; the job that adds the list up fills this table from it. A hub of an older version adds
 * the list up without this table: what it takes is missing here.
 */
export class TallyConsents1795500100000 implements MigrationInterface {
  readonly name = 'TallyConsents1795500100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.consent_count_change ADD COLUMN at timestamptz NOT NULL DEFAULT now(), ADD COLUMN reason text`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.consent_count_change.reason IS 'why the consent entered the state; NULL where a state has no reasons'`);
    await queryRunner.query(COUNT_MOVED(', reason', ', NULL', ', NEW.state_reason'));
    await queryRunner.query(`
      CREATE TABLE hub.consent_tally (
        day    date   NOT NULL,
        brand  text   NOT NULL,
        state  text   NOT NULL,
        reason text   NOT NULL,
        count  bigint NOT NULL CHECK (count > 0),
        PRIMARY KEY (day, brand, state, reason)
      )`);
    await queryRunner.query(`COMMENT ON COLUMN hub.consent_tally.day IS 'of UTC'`);
    await queryRunner.query(`COMMENT ON COLUMN hub.consent_tally.reason IS 'empty where the state has none'`);
    await queryRunner.query(`GRANT SELECT ON hub.consent_tally TO consent_hub_read`);
    await queryRunner.query(`GRANT SELECT (at, reason) ON hub.consent_count_change TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.consent_tally`);
    await queryRunner.query(COUNT_MOVED('', '', ''));
    await queryRunner.query(`ALTER TABLE hub.consent_count_change DROP COLUMN at, DROP COLUMN reason`);
  }
}
