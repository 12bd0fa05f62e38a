import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An account in several currencies has a logical ID for each of them: they are told apart by it, and not by their IBAN alone.
 */
export class KeepHandlesByAccount1795377400000 implements MigrationInterface {
  readonly name = 'KeepHandlesByAccount1795377400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.consent_account
        DROP CONSTRAINT consent_account_pkey,
        ADD CONSTRAINT consent_account_pkey PRIMARY KEY (consent_id, iban, logical_id)`);
  }

  /** Of several logical IDs of an account, the first by their letters stays. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM hub.consent_account a USING hub.consent_account b
       WHERE b.consent_id = a.consent_id AND b.iban = a.iban AND b.logical_id < a.logical_id`);
    await queryRunner.query(`
      ALTER TABLE hub.consent_account
        DROP CONSTRAINT consent_account_pkey,
        ADD CONSTRAINT consent_account_pkey PRIMARY KEY (consent_id, iban)`);
  }
}
