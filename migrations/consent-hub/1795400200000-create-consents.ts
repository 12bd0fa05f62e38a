import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Consents and the accounts that their PSUs chose. The consent of a person who asked to be erased keeps its place, its dates and
 * its timeline, none of which names a person, and holds nothing else. What arrives for it later is not stored.
 */
export class CreateConsents1795400200000 implements MigrationInterface {
  readonly name = 'CreateConsents1795400200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.createConsent(queryRunner);
    await this.indexConsent(queryRunner);
    await this.createAccounts(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.consent_account`);
    await queryRunner.query(`DROP FUNCTION hub.keep_no_account_of_the_erased`);
    await queryRunner.query(`DROP TABLE hub.consent`);
  }

  private async createConsent(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.consent (
        id                  uuid        PRIMARY KEY,
        brand               text        NOT NULL CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        scope               text        NOT NULL CHECK (scope IN ('AIS', 'CAF', 'PIS')),
        psu_ref             text        NOT NULL CHECK (length(psu_ref) BETWEEN 1 AND 128),
        iban                text        CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
        language            text        CHECK (language IN ('fr', 'nl')),
        state               text        NOT NULL CHECK (state IN (
          'initiated', 'authorized', 'active', 'refreshed',
          'superseded', 'revoked', 'expired', 'rejected', 'failed'
        )),
        state_reason        text        CHECK (state_reason ~ '^[a-z_]{1,64}$'),
        opened_by           uuid        NOT NULL REFERENCES hub.api_client,
        return_url          text,
        redirect_uri        text        NOT NULL,
        callback_state_hash bytea       UNIQUE CHECK (octet_length(callback_state_hash) = 32),
        code_verifier       bytea,
        authorization_code  bytea,
        link_expires_at     timestamptz,
        created_at          timestamptz NOT NULL DEFAULT now(),
        authorized_at       timestamptz,
        activated_at        timestamptz,
        ended_at            timestamptz,
        consent_expires_at  timestamptz,
        superseded_by       uuid        REFERENCES hub.consent,
        reminded_days       smallint    CHECK (reminded_days IN (14, 7, 1)),
        erased_at           timestamptz,
        accounts_due_at     timestamptz,
        link_start          bytea,
        browser_key_hash    bytea       CHECK (octet_length(browser_key_hash) = 32),
        accounts_refused_at timestamptz,
        CONSTRAINT consent_iban_is_for_caf CHECK ((scope = 'CAF' AND erased_at IS NULL) = (iban IS NOT NULL)),
        CONSTRAINT consent_successor_is_named CHECK ((state = 'superseded') = (superseded_by IS NOT NULL)),
        CONSTRAINT consent_end_is_dated CHECK (
          (state IN ('superseded', 'revoked', 'expired', 'rejected', 'failed')) = (ended_at IS NOT NULL)
        ),
        CONSTRAINT consent_live_is_dated CHECK (
          state NOT IN ('active', 'refreshed') OR (activated_at IS NOT NULL AND consent_expires_at IS NOT NULL)
        ),
        CONSTRAINT consent_secrets_end_with_the_exchange CHECK (
          state IN ('initiated', 'authorized') OR (code_verifier IS NULL AND authorization_code IS NULL)
        ),
        CONSTRAINT consent_link_start_ends_with_the_link CHECK (
          link_start IS NULL OR (state = 'initiated' AND browser_key_hash IS NOT NULL)
        ),
        CONSTRAINT consent_accounts_are_asked_for_ais CHECK (accounts_due_at IS NULL OR scope = 'AIS'),
        CONSTRAINT consent_erased_is_nobody CHECK (erased_at IS NULL OR (
          ended_at IS NOT NULL AND psu_ref LIKE 'erased-%' AND language IS NULL AND return_url IS NULL
          AND callback_state_hash IS NULL
        )),
        CONSTRAINT consent_erased_knows_no_browser CHECK (erased_at IS NULL OR browser_key_hash IS NULL)
      )`);
    for (const [column, comment] of Object.entries({
      code_verifier: 'sealed by the vault, purpose code_verifier, generation 0',
      authorization_code: 'sealed by the vault, purpose authorization_code, generation 0',
      reminded_days: 'the last reminder of its end, in days before consent_expires_at',
      accounts_due_at: 'when to ask the bank for the accounts, or to ask again; NULL once they are stored',
      accounts_refused_at: 'since when the bank refuses the list of accounts; NULL once they are stored',
      link_start:
        'sealed by the vault, purpose link_start, generation 0: the key for the browser, and the links of the bank, which contain the state',
      browser_key_hash:
        'SHA-256 of the key that the start page leaves in the browser; NULL: the authorization may end in any browser',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.consent.${column} IS '${comment}'`);
    }
  }

  /** The indexes of the search have a migration of their own. */
  private async indexConsent(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE UNIQUE INDEX consent_one_live ON hub.consent (brand, psu_ref, scope)
        WHERE state IN ('active', 'refreshed')`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX consent_one_open_link ON hub.consent (brand, psu_ref, scope)
        WHERE state = 'initiated'`);
    await queryRunner.query(`CREATE INDEX consent_opened_by ON hub.consent (opened_by, created_at, id)`);
    await queryRunner.query(`
      CREATE INDEX consent_superseded_by ON hub.consent (superseded_by) WHERE superseded_by IS NOT NULL`);
    // What the jobs search: links and consents whose time has passed, codes to exchange, reminders, lists of accounts. A consent
    // that has ended is in none of these indexes.
    await queryRunner.query(`
      CREATE INDEX consent_link_due ON hub.consent (link_expires_at) WHERE state = 'initiated'`);
    await queryRunner.query(`
      CREATE INDEX consent_validity_due ON hub.consent (consent_expires_at) WHERE state IN ('active', 'refreshed')`);
    await queryRunner.query(`
      CREATE INDEX consent_exchange_due ON hub.consent (authorized_at) WHERE state = 'authorized'`);
    // By the last reminder first: the consents that wait for the same next reminder stand together, the earliest end first.
    await queryRunner.query(`
      CREATE INDEX consent_reminder_due ON hub.consent (reminded_days, consent_expires_at)
        WHERE state IN ('active', 'refreshed')`);
    await queryRunner.query(`
      CREATE INDEX consent_accounts_due ON hub.consent (accounts_due_at)
        WHERE accounts_due_at IS NOT NULL AND state IN ('active', 'refreshed')`);
  }

  private async createAccounts(queryRunner: QueryRunner): Promise<void> {
    // An account in several currencies has a logical ID for each of them.
    await queryRunner.query(`
      CREATE TABLE hub.consent_account (
        consent_id uuid NOT NULL REFERENCES hub.consent,
        iban       text NOT NULL,
        logical_id text NOT NULL,
        PRIMARY KEY (consent_id, iban, logical_id)
      )`);
    await queryRunner.query(`
      CREATE FUNCTION hub.keep_no_account_of_the_erased() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM hub.consent WHERE id = NEW.consent_id AND erased_at IS NOT NULL) THEN
          RETURN NULL;
        END IF;
        RETURN NEW;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER consent_account_of_the_erased BEFORE INSERT ON hub.consent_account
        FOR EACH ROW EXECUTE FUNCTION hub.keep_no_account_of_the_erased()`);
  }
}
