import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger tells who asks what became of a lost answer from who spends a token twice. */
export class NoteLostBankAnswers1795377700010 implements MigrationInterface {
  readonly name = 'NoteLostBankAnswers1795377700010';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE bank.rotated_refresh_token ADD COLUMN answer_lost_at timestamptz`);
    await queryRunner.query(`ALTER TABLE bank.psu_authorization ADD COLUMN code_answer_lost_at timestamptz`);
    await queryRunner.query(
      `ALTER TABLE bank.replay ADD COLUMN after_lost_answer boolean NOT NULL DEFAULT false`,
    );
    await queryRunner.query(`
      COMMENT ON COLUMN bank.replay.after_lost_answer IS 'the answer to the first use did not leave the bank whole'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE bank.replay DROP COLUMN after_lost_answer`);
    await queryRunner.query(`ALTER TABLE bank.psu_authorization DROP COLUMN code_answer_lost_at`);
    await queryRunner.query(`ALTER TABLE bank.rotated_refresh_token DROP COLUMN answer_lost_at`);
  }
}
