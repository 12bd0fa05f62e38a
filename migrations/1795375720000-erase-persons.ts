import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A consent of a person who asked to be forgotten keeps its place, its dates and its timeline, none of which names anybody,
 * and holds nothing else any more. What arrives late for it is not kept either.
 */
export class ErasePersons1795375720000 implements MigrationInterface {
  readonly name = 'ErasePersons1795375720000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.consent
        ADD COLUMN erased_at timestamptz,
        DROP CONSTRAINT consent_iban_is_for_caf`);
    await queryRunner.query(`
      ALTER TABLE hub.consent
        ADD CONSTRAINT consent_iban_is_for_caf
          CHECK ((scope = 'CAF' AND erased_at IS NULL) = (iban IS NOT NULL)),
        ADD CONSTRAINT consent_erased_is_nobody CHECK (erased_at IS NULL OR (
          ended_at IS NOT NULL AND psu_ref LIKE 'erased-%' AND language IS NULL AND return_url IS NULL
          AND callback_state_hash IS NULL
        ))`);
    await queryRunner.query(`
      CREATE FUNCTION hub.keep_no_account_of_the_erased() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM hub.consent WHERE id = NEW.consent_id AND erased_at IS NOT NULL) THEN
          RETURN NULL;
        END IF;
        RETURN NEW;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER consent_account_of_the_erased BEFORE INSERT ON hub.consent_account
        FOR EACH ROW EXECUTE FUNCTION hub.keep_no_account_of_the_erased()`);
    await queryRunner.query(`
      CREATE FUNCTION hub.keep_no_answer_of_the_erased() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM hub.consent WHERE id = NEW.consent_id AND erased_at IS NOT NULL) THEN
          NEW.raw_answer := NULL;
          IF NEW.status = 'received' THEN
            NEW.status := 'overtaken';
            NEW.settled_at := now();
          END IF;
        END IF;
        RETURN NEW;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER token_request_of_the_erased BEFORE INSERT OR UPDATE ON hub.token_request
        FOR EACH ROW WHEN (NEW.raw_answer IS NOT NULL) EXECUTE FUNCTION hub.keep_no_answer_of_the_erased()`);
  }

  /** What was erased stays so: the older rule of the IBAN is put back for new consents only. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER token_request_of_the_erased ON hub.token_request`);
    await queryRunner.query(`DROP TRIGGER consent_account_of_the_erased ON hub.consent_account`);
    await queryRunner.query(`DROP FUNCTION hub.keep_no_answer_of_the_erased`);
    await queryRunner.query(`DROP FUNCTION hub.keep_no_account_of_the_erased`);
    await queryRunner.query(`
      ALTER TABLE hub.consent
        DROP CONSTRAINT consent_erased_is_nobody,
        DROP CONSTRAINT consent_iban_is_for_caf`);
    await queryRunner.query(`
      ALTER TABLE hub.consent
        ADD CONSTRAINT consent_iban_is_for_caf CHECK ((scope = 'CAF') = (iban IS NOT NULL)) NOT VALID`);
    await queryRunner.query(`ALTER TABLE hub.consent DROP COLUMN erased_at`);
  }
}
