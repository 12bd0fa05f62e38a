import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What PSUs are asked to authorize, the links that lead them there, and their way through the pages. */
export class CreateAuthorizations1795400400000 implements MigrationInterface {
  readonly name = 'CreateAuthorizations1795400400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.createAuthorizations(queryRunner);
    await this.createPageSessions(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.page_session`);
    await queryRunner.query(`DROP TABLE bank.authorization_link`);
    await queryRunner.query(`DROP TABLE bank.psu_authorization`);
  }

  private async createAuthorizations(queryRunner: QueryRunner): Promise<void> {
    // Older versions of the bank's API name the account for AIS as well. A challenge may stand for itself (RFC 7636 section
    // 4.2, `plain`), and an authentication without a consent has none.
    await queryRunner.query(`
      CREATE TABLE bank.psu_authorization (
        id                    uuid        PRIMARY KEY,
        tpp_id                uuid        NOT NULL REFERENCES bank.tpp,
        scope                 text        NOT NULL CHECK (scope IN ('AIS', 'CAF', 'PIS')),
        status                text        NOT NULL DEFAULT 'pending'
                                          CHECK (status IN ('pending', 'approved', 'refused', 'failed')),
        redirect_uri          text        NOT NULL,
        code_challenge        text        CHECK (code_challenge ~ '^[A-Za-z0-9._~-]{43,128}$'),
        iban                  text        REFERENCES bank.account,
        opened_at             timestamptz NOT NULL,
        expires_at            timestamptz NOT NULL,
        decided_at            timestamptz,
        psu_id                text        REFERENCES bank.psu,
        ibans                 text[],
        state_hash            bytea       CHECK (octet_length(state_hash) = 32),
        consent_expires_at    timestamptz,
        code_hash             bytea       UNIQUE CHECK (octet_length(code_hash) = 32),
        code_expires_at       timestamptz,
        code_used_at          timestamptz,
        code_challenge_method text        NOT NULL DEFAULT 'S256' CHECK (code_challenge_method IN ('S256', 'plain')),
        withdrawn_at          timestamptz,
        purpose               text        NOT NULL DEFAULT 'consent' CHECK (purpose IN ('consent', 'payment', 'sca')),
        returns_code          boolean     NOT NULL DEFAULT true,
        bound_psu_id          text        REFERENCES bank.psu,
        code_answer_lost_at   timestamptz,
        CONSTRAINT psu_authorization_caf_names_its_account CHECK (scope <> 'CAF' OR iban IS NOT NULL),
        CONSTRAINT psu_authorization_decision_is_dated CHECK ((status = 'pending') = (decided_at IS NULL)),
        CONSTRAINT psu_authorization_approval_is_whole CHECK (
          (status = 'approved') = (psu_id IS NOT NULL)
          AND (status = 'approved') = (ibans IS NOT NULL)
          AND (status = 'approved') = (consent_expires_at IS NOT NULL)
          AND (status = 'approved' AND returns_code) = (code_hash IS NOT NULL)
          AND (code_hash IS NULL) = (code_expires_at IS NULL)
        ),
        CONSTRAINT psu_authorization_withdrawn_was_approved CHECK (withdrawn_at IS NULL OR status = 'approved'),
        CONSTRAINT psu_authorization_purpose_has_its_scope CHECK (
          CASE purpose WHEN 'payment' THEN scope = 'PIS' WHEN 'sca' THEN scope = 'AIS' ELSE true END
        ),
        CONSTRAINT psu_authorization_consent_is_open_to_all CHECK (
          purpose <> 'consent' OR (returns_code AND bound_psu_id IS NULL)
        ),
        CONSTRAINT psu_authorization_sca_is_for_one CHECK (purpose <> 'sca' OR bound_psu_id IS NOT NULL)
      )`);
    await queryRunner.query(`CREATE INDEX psu_authorization_tpp ON bank.psu_authorization (tpp_id)`);
    await queryRunner.query(`CREATE INDEX psu_authorization_psu ON bank.psu_authorization (psu_id)`);
    await queryRunner.query(`CREATE INDEX psu_authorization_iban ON bank.psu_authorization (iban)`);
    await queryRunner.query(`CREATE INDEX psu_authorization_state ON bank.psu_authorization (state_hash)`);
    await queryRunner.query(
      `CREATE INDEX psu_authorization_bound_psu ON bank.psu_authorization (bound_psu_id)`,
    );
    for (const [column, comment] of Object.entries({
      code_used_at: 'a used code is kept, so that its second use is recognised',
      withdrawn_at: 'when the PSU ended the consent in a channel of the bank',
      returns_code: 'false where the TPP holds a pair already',
      bound_psu_id: 'the only PSU who may approve, where the token of the TPP names one',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN bank.psu_authorization.${column} IS '${comment}'`);
    }
    await queryRunner.query(`
      CREATE TABLE bank.authorization_link (
        app_token_hash   bytea PRIMARY KEY CHECK (octet_length(app_token_hash) = 32),
        authorization_id uuid  NOT NULL REFERENCES bank.psu_authorization,
        language         text  NOT NULL CHECK (language IN ('fr', 'nl')),
        UNIQUE (authorization_id, language)
      )`);
  }

  private async createPageSessions(queryRunner: QueryRunner): Promise<void> {
    // No foreign keys: a reset of the bank truncates what these rows name, and a session that names nothing leads nowhere.
    await queryRunner.query(`
      CREATE TABLE bank.page_session (
        id               uuid        PRIMARY KEY,
        authorization_id uuid        NOT NULL,
        key_hash         bytea       NOT NULL CHECK (octet_length(key_hash) = 32),
        sealed_state     bytea,
        psu_id           text,
        one_time_code    text        CHECK (one_time_code ~ '^[0-9]{6}$'),
        authenticated_at timestamptz,
        opened_at        timestamptz NOT NULL DEFAULT now(),
        decision         text        CHECK (decision IN ('approve', 'refuse', 'fail')),
        answered_at      timestamptz,
        sealed_answer    bytea,
        CONSTRAINT page_session_answer_is_whole CHECK (
          (decision IS NULL) = (answered_at IS NULL) AND (decision IS NULL) = (sealed_answer IS NULL)
        ),
        CONSTRAINT page_session_has_one_step CHECK (
          CASE WHEN psu_id IS NULL THEN one_time_code IS NULL AND authenticated_at IS NULL
               ELSE (one_time_code IS NULL) <> (authenticated_at IS NULL) END
        )
      )`);
    await queryRunner.query(`CREATE INDEX page_session_opened_at ON bank.page_session (opened_at)`);
    for (const [target, comment] of Object.entries({
      'TABLE bank.page_session':
        'a browser on its way through the pages of the PSU; any process may serve its next page',
      'COLUMN bank.page_session.one_time_code':
        'shown on the page, so stored as it is; NULL once it was typed in',
      'COLUMN bank.page_session.sealed_state': 'the state of the TPP; only the browser has the key',
      'COLUMN bank.page_session.sealed_answer':
        'where the decision led, code included; only the browser has the key',
    })) {
      await queryRunner.query(`COMMENT ON ${target} IS '${comment}'`);
    }
  }
}
