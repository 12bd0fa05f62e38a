import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePageSession1795374900000 implements MigrationInterface {
  readonly name = 'CreatePageSession1795374900000';

  async up(queryRunner: QueryRunner): Promise<void> {
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
    await queryRunner.query(`
      COMMENT ON TABLE bank.page_session IS 'a browser on its way through the PSU''s pages; any process may serve its next page'`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.page_session.one_time_code IS 'shown on the page, so kept as it is; gone once it has been typed in'`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.page_session.sealed_state IS 'the state of the TPP; only the browser has the key'`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.page_session.sealed_answer IS 'where the decision led, code included; only the browser has the key'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.page_session`);
  }
}
