import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the sweeps look for: links and consents whose time is over, codes not yet exchanged. Final consents are in none. */
export class IndexConsentDueDates1795374260000 implements MigrationInterface {
  readonly name = 'IndexConsentDueDates1795374260000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX consent_link_due ON hub.consent (link_expires_at) WHERE state = 'initiated'`,
    );
    await queryRunner.query(
      `CREATE INDEX consent_validity_due ON hub.consent (consent_expires_at) WHERE state IN ('active', 'refreshed')`,
    );
    await queryRunner.query(
      `CREATE INDEX consent_exchange_due ON hub.consent (authorized_at) WHERE state = 'authorized'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `DROP INDEX hub.consent_exchange_due, hub.consent_validity_due, hub.consent_link_due`,
    );
  }
}
