import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where the bank refuses the list of accounts lastingly, one refresh is tried for it, and it is asked for less and less often. */
export class NoteRefusedAccounts1795377500000 implements MigrationInterface {
  readonly name = 'NoteRefusedAccounts1795377500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.consent ADD COLUMN accounts_refused_at timestamptz`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.consent.accounts_refused_at IS 'since when the bank refuses the list of accounts; NULL once it has told them'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.consent DROP COLUMN accounts_refused_at`);
  }
}
