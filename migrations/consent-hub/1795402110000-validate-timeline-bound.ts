import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The second step: reads every entry, in a transaction of its own, since the lock of the first one would keep writers out
 * while it reads. The lock of this one keeps out only other changes of the schema.
 */
export class ValidateTimelineBound1795402110000 implements MigrationInterface {
  readonly name = 'ValidateTimelineBound1795402110000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.consent_event VALIDATE CONSTRAINT consent_event_bound`);
  }

  async down(): Promise<void> {
    // A constraint that holds for what was there does no harm.
  }
}
