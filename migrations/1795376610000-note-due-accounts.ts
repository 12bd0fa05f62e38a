import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * That the accounts of a consent are yet to be asked from the bank is written with its first pair, so that no process that
 * ends in between can forget it.
 */
export class NoteDueAccounts1795376610000 implements MigrationInterface {
  readonly name = 'NoteDueAccounts1795376610000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.consent
        ADD COLUMN accounts_due_at timestamptz,
        ADD CONSTRAINT consent_accounts_are_asked_for_ais CHECK (accounts_due_at IS NULL OR scope = 'AIS')`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.consent.accounts_due_at IS 'when the bank is asked, or asked again, for the accounts; NULL once it has told them'`);
    await queryRunner.query(`
      UPDATE hub.consent c SET accounts_due_at = now()
       WHERE c.scope = 'AIS' AND c.state IN ('active', 'refreshed')
         AND NOT EXISTS (SELECT FROM hub.consent_account a WHERE a.consent_id = c.id)`);
    await queryRunner.query(`
      CREATE INDEX consent_accounts_due ON hub.consent (accounts_due_at)
        WHERE accounts_due_at IS NOT NULL AND state IN ('active', 'refreshed')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.consent_accounts_due`);
    await queryRunner.query(`ALTER TABLE hub.consent DROP COLUMN accounts_due_at`);
  }
}
