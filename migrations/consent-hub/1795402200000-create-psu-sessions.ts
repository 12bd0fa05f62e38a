import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links to the person's pages, and the sessions that they opened. A row goes a day after its link or session has ended. */
export class CreatePsuSessions1795402200000 implements MigrationInterface {
  readonly name = 'CreatePsuSessions1795402200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.psu_session (
        id              uuid        PRIMARY KEY,
        api_client_id   uuid        NOT NULL REFERENCES hub.api_client,
        psu_ref         text        NOT NULL CHECK (length(psu_ref) BETWEEN 1 AND 128),
        language        text        CHECK (language IN ('fr', 'nl', 'en', 'de')),
        return_url      text,
        created_at      timestamptz NOT NULL DEFAULT now(),
        link_hash       bytea       NOT NULL UNIQUE CHECK (octet_length(link_hash) = 32),
        link_expires_at timestamptz NOT NULL,
        opened_at       timestamptz,
        cookie_hash     bytea       UNIQUE CHECK (octet_length(cookie_hash) = 32),
        seen_at         timestamptz,
        ends_at         timestamptz,
        forget_at       timestamptz NOT NULL,
        CONSTRAINT psu_session_is_opened_once CHECK (
          (opened_at IS NULL) = (seen_at IS NULL) AND (opened_at IS NULL) = (ends_at IS NULL)
          AND (opened_at IS NOT NULL OR cookie_hash IS NULL)
        )
      )`);
    for (const [column, comment] of Object.entries({
      api_client_id: 'made the link; the session shows the consents that this client opened for the person',
      language: 'of the pages; NULL: as the browser prefers',
      link_hash: 'SHA-256 of the token in the link',
      opened_at: 'when the link was used, which it can be once',
      cookie_hash:
        'SHA-256 of the value of the cookie; NULL before the link is used, and once the person has signed out',
      seen_at: 'the last page of the session: it ends when none comes for a while',
      ends_at: 'ends then, however busy it is',
      forget_at: 'the row is deleted then',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.psu_session.${column} IS '${comment}'`);
    }
    await queryRunner.query(`CREATE INDEX psu_session_api_client ON hub.psu_session (api_client_id)`);
    await queryRunner.query(`CREATE INDEX psu_session_person ON hub.psu_session (psu_ref)`);
    await queryRunner.query(`CREATE INDEX psu_session_forget ON hub.psu_session (forget_at)`);
    await queryRunner.query(`
      GRANT SELECT (id, api_client_id, psu_ref, language, return_url, created_at, link_expires_at, opened_at, seen_at, ends_at,
        forget_at) ON hub.psu_session TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.psu_session`);
  }
}
