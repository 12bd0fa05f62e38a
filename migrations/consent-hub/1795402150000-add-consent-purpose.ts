import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the TPP uses the access for, in its own words for the person. */
export class AddConsentPurpose1795402150000 implements MigrationInterface {
  readonly name = 'AddConsentPurpose1795402150000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.consent ADD COLUMN purpose text`);
    // Checked afterwards: the column is empty, and no scan of the table delays the hubs.
    await queryRunner.query(
      `ALTER TABLE hub.consent ADD CONSTRAINT consent_purpose_is_short CHECK (length(purpose) BETWEEN 1 AND 140) NOT VALID`,
    );
    await queryRunner.query(
      `ALTER TABLE hub.consent ADD CONSTRAINT consent_erased_has_no_purpose
         CHECK (erased_at IS NULL OR purpose IS NULL) NOT VALID`,
    );
    for (const constraint of ['consent_purpose_is_short', 'consent_erased_has_no_purpose']) {
      await queryRunner.query(`ALTER TABLE hub.consent VALIDATE CONSTRAINT ${constraint}`);
    }
    await queryRunner.query(
      `COMMENT ON COLUMN hub.consent.purpose IS 'what the access is used for, in words of the TPP that the person reads'`,
    );
    await queryRunner.query(`GRANT SELECT (purpose) ON hub.consent TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.consent DROP COLUMN purpose`);
  }
}
