import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the ended consents whose personal data is still there, the longest ended first. */
export class IndexRetainedConsents1795401350000 implements MigrationInterface {
  readonly name = 'IndexRetainedConsents1795401350000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX consent_retained ON hub.consent (ended_at) WHERE ended_at IS NOT NULL AND erased_at IS NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.consent_retained`);
  }
}
