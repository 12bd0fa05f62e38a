import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROLES = `roles text[] NOT NULL CHECK (
          cardinality(roles) > 0 AND roles <@ ARRAY['viewer', 'operator', 'security']
        )`;
/** With an identity provider it is the claim `sub` (OpenID Connect Core 1.0, section 2): ASCII, 255 characters at most. */
const SUBJECT = `subject text NOT NULL CHECK (subject ~ '^[!-~]{1,255}$')`;

/** Who signs in to the console, and what they have done there. What they have done is append-only. */
export class CreateConsole1795402300000 implements MigrationInterface {
  readonly name = 'CreateConsole1795402300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.createSignIns(queryRunner);
    await this.createActions(queryRunner);
    await queryRunner.query(`
      GRANT SELECT (id, subject, roles, created_at, expires_at, used_at) ON hub.console_link TO consent_hub_read`);
    await queryRunner.query(`
      GRANT SELECT (id, subject, name, roles, signed_in_by, created_at, last_seen_at, expires_at, ended_at)
         ON hub.console_session TO consent_hub_read`);
    await queryRunner.query(`GRANT SELECT ON hub.admin_action TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.admin_action`);
    await queryRunner.query(`DROP TABLE hub.console_session`);
    await queryRunner.query(`DROP TABLE hub.console_link`);
  }

  private async createSignIns(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.console_link (
        id         uuid        PRIMARY KEY,
        token_hash bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
        ${SUBJECT},
        ${ROLES},
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at    timestamptz
      )`);
    await queryRunner.query(`CREATE INDEX console_link_expiry ON hub.console_link (expires_at)`);
    // Room on each page for the time of the last request, which is updated again and again.
    await queryRunner.query(`
      CREATE TABLE hub.console_session (
        id           uuid        PRIMARY KEY,
        token_hash   bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
        ${SUBJECT},
        name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        ${ROLES},
        signed_in_by text        NOT NULL CHECK (signed_in_by IN ('link', 'oidc')),
        created_at   timestamptz NOT NULL DEFAULT now(),
        last_seen_at timestamptz NOT NULL DEFAULT now(),
        expires_at   timestamptz NOT NULL,
        ended_at     timestamptz
      ) WITH (fillfactor = 70)`);
    await queryRunner.query(`CREATE INDEX console_session_expiry ON hub.console_session (expires_at)`);
    for (const table of ['console_link', 'console_session']) {
      await queryRunner.query(`
        COMMENT ON COLUMN hub.${table}.token_hash IS 'SHA-256 of 256 random bits, so no slow hash is needed'`);
    }
  }

  private async createActions(queryRunner: QueryRunner): Promise<void> {
    // No foreign keys: sessions are deleted some time after their end, actions stay.
    await queryRunner.query(`
      CREATE TABLE hub.admin_action (
        id         uuid        PRIMARY KEY,
        at         timestamptz NOT NULL DEFAULT clock_timestamp(),
        ${SUBJECT},
        name       text        NOT NULL,
        ${ROLES},
        session_id uuid        NOT NULL,
        action     text        NOT NULL CHECK (action ~ '^[a-z_]{1,64}$'),
        reason     text        CHECK (length(reason) BETWEEN 3 AND 500),
        consent_id uuid,
        data       jsonb       NOT NULL DEFAULT '{}'
      )`);
    for (const [column, comment] of Object.entries({
      name: 'of the person, as it was shown then',
      reason: 'in the words of the person; NULL where none is asked for: signing in and out, exports',
      data: 'ids, numbers, code words and filters; never a secret',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.admin_action.${column} IS '${comment}'`);
    }
    await queryRunner.query(`CREATE INDEX admin_action_at ON hub.admin_action (at, id)`);
    await queryRunner.query(`CREATE INDEX admin_action_action ON hub.admin_action (action, at, id)`);
    await queryRunner.query(`CREATE INDEX admin_action_subject ON hub.admin_action (subject, at, id)`);
    await queryRunner.query(`
      CREATE INDEX admin_action_consent ON hub.admin_action (consent_id, at, id) WHERE consent_id IS NOT NULL`);
    await queryRunner.query(`
      CREATE TRIGGER admin_action_append_only BEFORE UPDATE OR DELETE ON hub.admin_action
        FOR EACH ROW EXECUTE FUNCTION hub.refuse_timeline_change()`);
    await queryRunner.query(`
      CREATE TRIGGER admin_action_no_truncate BEFORE TRUNCATE ON hub.admin_action
        FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_timeline_change()`);
    await queryRunner.query(`REVOKE UPDATE, DELETE ON hub.admin_action FROM consent_hub_app`);
  }
}
