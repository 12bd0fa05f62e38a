import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the sweep looks for that destroys SCA tokens after their hour: the few that are still there. */
export class IndexScaTokens1795376500000 implements MigrationInterface {
  readonly name = 'IndexScaTokens1795376500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX token_pair_sca_token_due ON hub.token_pair (sca_token_expires_at) WHERE sca_token IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.token_pair_sca_token_due`);
  }
}
