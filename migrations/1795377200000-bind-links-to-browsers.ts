import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A consent whose link begins at the hub's start page is finished only in the browser that came there. What the page needs
 * goes with the link; the hash of the browser's key stays, so that a link that is opened again knows its browser.
 */
export class BindLinksToBrowsers1795377200000 implements MigrationInterface {
  readonly name = 'BindLinksToBrowsers1795377200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.consent
        ADD COLUMN link_start bytea,
        ADD COLUMN browser_key_hash bytea CHECK (octet_length(browser_key_hash) = 32),
        ADD CONSTRAINT consent_link_start_ends_with_the_link CHECK (
          link_start IS NULL OR (state = 'initiated' AND browser_key_hash IS NOT NULL)
        ),
        ADD CONSTRAINT consent_erased_knows_no_browser CHECK (erased_at IS NULL OR browser_key_hash IS NULL)`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.consent.link_start IS 'sealed by the vault, purpose link_start, generation 0: the key for the browser and the links of the bank, which hold the state'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.consent.browser_key_hash IS 'SHA-256 of the key that the start page leaves in the browser; NULL: any browser may finish'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE hub.consent
        DROP CONSTRAINT consent_erased_knows_no_browser,
        DROP COLUMN link_start,
        DROP COLUMN browser_key_hash`);
  }
}
