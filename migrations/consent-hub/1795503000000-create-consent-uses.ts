import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * On which day the token of each consent was last handed out, for searches. Apart from the pair, whose indexes every refresh
 * would pay for; and a day, not a moment, so that a consent that is read all day is written once.
 */
export class CreateConsentUses1795503000000 implements MigrationInterface {
  readonly name = 'CreateConsentUses1795503000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // No foreign key, as of hub.token_use: to check one locks the consent.
    await queryRunner.query(`
      CREATE TABLE hub.consent_use (
        consent_id uuid        PRIMARY KEY,
        created_at timestamptz NOT NULL,
        opened_by  uuid        NOT NULL,
        scope      text        NOT NULL,
        brand      text        NOT NULL,
        has_ended  boolean     NOT NULL,
        used_on    date
      ) WITH (fillfactor = 90)`);
    for (const [column, comment] of Object.entries({
      created_at: 'of the consent: the order of the pages of a search',
      has_ended:
        'whether the consent has; with its client, scope and brand what a search asks of it most often',
      used_on: 'day (UTC) on which a token was last handed out; NULL: on none since there is a pair',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.consent_use.${column} IS '${comment}'`);
    }
    await this.noteFirstPairs(queryRunner);
    await this.noteEnds(queryRunner);
    await queryRunner.query(`
      INSERT INTO hub.consent_use (consent_id, created_at, opened_by, scope, brand, has_ended, used_on)
      SELECT c.id, c.created_at, c.opened_by, c.scope, c.brand, c.ended_at IS NOT NULL, (SELECT max(u.last_used_at AT TIME ZONE 'UTC')::date FROM hub.token_use u WHERE u.consent_id = c.id)
        FROM hub.token_pair t JOIN hub.consent c ON c.id = t.consent_id
      ON CONFLICT DO NOTHING`);
    await queryRunner.query(`
      CREATE INDEX consent_use_never ON hub.consent_use (created_at, consent_id)
        INCLUDE (opened_by, scope, brand, has_ended) WHERE used_on IS NULL`);
    await queryRunner.query(`
      CREATE INDEX consent_use_day ON hub.consent_use (used_on, created_at, consent_id)
        INCLUDE (opened_by, scope, brand, has_ended) WHERE used_on IS NOT NULL`);
    await queryRunner.query(`GRANT SELECT ON hub.consent_use TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER consent_end_of_use ON hub.consent`);
    await queryRunner.query(`DROP FUNCTION hub.note_end_of_use`);
    await queryRunner.query(`DROP TRIGGER token_pair_first_use ON hub.token_pair`);
    await queryRunner.query(`DROP FUNCTION hub.note_first_pair`);
    await queryRunner.query(`DROP TABLE hub.consent_use`);
  }

  /** A consent has one first pair: a refresh updates the row, and does not meet the trigger. */
  private async noteFirstPairs(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION hub.note_first_pair() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO hub.consent_use (consent_id, created_at, opened_by, scope, brand, has_ended)
          SELECT c.id, c.created_at, c.opened_by, c.scope, c.brand, c.ended_at IS NOT NULL FROM added JOIN hub.consent c ON c.id = added.consent_id
          ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER token_pair_first_use AFTER INSERT ON hub.token_pair
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION hub.note_first_pair()`);
  }

  /** A late answer may take an end back. A refresh does not write the column, and does not meet the trigger either. */
  private async noteEnds(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION hub.note_end_of_use() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE hub.consent_use SET has_ended = NEW.ended_at IS NOT NULL WHERE consent_id = NEW.id;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER consent_end_of_use AFTER UPDATE OF ended_at ON hub.consent
        FOR EACH ROW WHEN ((OLD.ended_at IS NULL) <> (NEW.ended_at IS NULL)) EXECUTE FUNCTION hub.note_end_of_use()`);
  }
}
