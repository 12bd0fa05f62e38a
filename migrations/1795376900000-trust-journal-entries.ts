import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A request is of a consent that exists: whoever writes one has read the consent's row in the same statement or transaction,
 * and no such row is ever deleted. To have that checked again locked the row, hence wrote it, for every request: a fifth of
 * what a claim cost.
 */
export class TrustJournalEntries1795376900000 implements MigrationInterface {
  readonly name = 'TrustJournalEntries1795376900000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.token_request DROP CONSTRAINT token_request_consent_id_fkey`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.token_request
        ADD CONSTRAINT token_request_consent_id_fkey FOREIGN KEY (consent_id) REFERENCES hub.consent`);
  }
}
