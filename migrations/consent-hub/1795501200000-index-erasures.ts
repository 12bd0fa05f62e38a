import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds what was erased, the latest first. Built while the hub works; what an attempt before has left unfinished goes first. It waits
 * for transactions that are under way, and blocks nothing, so that the limit for locks does not apply.
 */
export class IndexErasures1795501200000 implements MigrationInterface {
  readonly name = 'IndexErasures1795501200000';
  /** An index cannot be built concurrently within a transaction. */
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX IF EXISTS hub.consent_erased`);
    await queryRunner.query(`SET lock_timeout = 0`);
    try {
      await queryRunner.query(
        `CREATE INDEX CONCURRENTLY consent_erased ON hub.consent (erased_at, id) WHERE erased_at IS NOT NULL`,
      );
    } finally {
      await queryRunner.query(`RESET lock_timeout`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.consent_erased`);
  }
}
