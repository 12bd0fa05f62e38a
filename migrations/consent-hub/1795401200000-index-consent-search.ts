import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One index for each family of filters of the search, each ending in the order of its pages: a page costs what it shows,
 * however many consents there are and however deep it lies. A refresh changes none of these columns but the state, and that
 * once: `active` becomes `refreshed`.
 */
export class IndexConsentSearch1795401200000 implements MigrationInterface {
  readonly name = 'IndexConsentSearch1795401200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.indexCreation(queryRunner);
    await this.indexExpiryByMonth(queryRunner);
    await this.indexEnds(queryRunner);
    await queryRunner.query(`
      CREATE INDEX token_request_kept ON hub.token_request (consent_id) WHERE raw_answer IS NOT NULL`);
    // Few consents are in it, and a refresh writes none of its columns but the state.
    await queryRunner.query(`
      CREATE INDEX consent_accounts_refused ON hub.consent (created_at, id) INCLUDE (opened_by, scope, brand)
        WHERE accounts_refused_at IS NOT NULL AND state IN ('active', 'refreshed')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX hub.consent_accounts_refused, hub.token_request_kept,
        hub.consent_own_expiry_kind, hub.consent_expiry_kind,
        hub.consent_ended_reason, hub.consent_own_ended_kind, hub.consent_ended_kind,
        hub.consent_failed_month, hub.consent_own_expiry_month, hub.consent_expiry_month,
        hub.consent_own_kind, hub.consent_kind,
        hub.consent_account_iban, hub.consent_iban, hub.consent_person, hub.consent_created`);
  }

  private async indexCreation(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX consent_created ON hub.consent (created_at, id)`);
    await queryRunner.query(`CREATE INDEX consent_person ON hub.consent (psu_ref, created_at, id)`);
    await queryRunner.query(`CREATE INDEX consent_iban ON hub.consent (iban) WHERE iban IS NOT NULL`);
    await queryRunner.query(`CREATE INDEX consent_account_iban ON hub.consent_account (iban)`);
    // Asked once for each combination of scope, brand and state that is searched; the dates are compared without the table.
    await queryRunner.query(`
      CREATE INDEX consent_kind ON hub.consent (scope, brand, state, created_at, id)
        INCLUDE (consent_expires_at, ended_at)`);
    await queryRunner.query(`
      CREATE INDEX consent_own_kind ON hub.consent (opened_by, scope, brand, state, created_at, id)
        INCLUDE (consent_expires_at, ended_at)`);
  }

  /** No index holds the order of creation within a range of dates, so it is asked once for each month. */
  private async indexExpiryByMonth(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX consent_expiry_month ON hub.consent
        (date_trunc('month', consent_expires_at AT TIME ZONE 'UTC'), created_at, id)
        INCLUDE (consent_expires_at, scope, brand, state)`);
    await queryRunner.query(`
      CREATE INDEX consent_own_expiry_month ON hub.consent
        (opened_by, date_trunc('month', consent_expires_at AT TIME ZONE 'UTC'), created_at, id)
        INCLUDE (consent_expires_at, scope, brand, state)`);
    await queryRunner.query(`
      CREATE INDEX consent_failed_month ON hub.consent
        (date_trunc('month', ended_at AT TIME ZONE 'UTC'), created_at, id)
        WHERE state = 'failed'`);
  }

  /** For searches in the order in which consents ended or will expire. */
  private async indexEnds(queryRunner: QueryRunner): Promise<void> {
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
}
