import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For searches in the order in which consents ended or will expire. A refresh changes none of these columns but the state, and
 * that once: `active` becomes `refreshed`. What has ended is in three more indexes, each written when it ends.
 */
export class IndexEndsOfConsents1795377610000 implements MigrationInterface {
  readonly name = 'IndexEndsOfConsents1795377610000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX consent_ended_kind ON hub.consent (scope, brand, state, ended_at, id)
        INCLUDE (created_at, consent_expires_at, state_reason) WHERE ended_at IS NOT NULL`);
    await queryRunner.query(`
      CREATE INDEX consent_own_ended_kind ON hub.consent (opened_by, scope, brand, state, ended_at, id)
        INCLUDE (created_at, consent_expires_at, state_reason) WHERE ended_at IS NOT NULL`);
    await queryRunner.query(`
      CREATE INDEX consent_ended_reason ON hub.consent (state_reason, ended_at, id)
        INCLUDE (opened_by, scope, brand, state, created_at, consent_expires_at) WHERE ended_at IS NOT NULL`);
    await queryRunner.query(`
      CREATE INDEX consent_expiry_kind ON hub.consent (scope, brand, state, consent_expires_at, id)
        INCLUDE (created_at, ended_at, state_reason) WHERE consent_expires_at IS NOT NULL`);
    await queryRunner.query(`
      CREATE INDEX consent_own_expiry_kind ON hub.consent (opened_by, scope, brand, state, consent_expires_at, id)
        INCLUDE (created_at, ended_at, state_reason) WHERE consent_expires_at IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX hub.consent_own_expiry_kind, hub.consent_expiry_kind, hub.consent_ended_reason, hub.consent_own_ended_kind,
        hub.consent_ended_kind`);
  }
}
