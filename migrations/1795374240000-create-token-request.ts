import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTokenRequest1795374240000 implements MigrationInterface {
  readonly name = 'CreateTokenRequest1795374240000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.token_request (
        id                  uuid        PRIMARY KEY,
        consent_id          uuid        NOT NULL REFERENCES hub.consent,
        brand               text        NOT NULL CHECK (brand IN ('belfius', 'banx')),
        grant_type          text        NOT NULL CHECK (grant_type IN ('authorization_code', 'refresh_token')),
        status              text        NOT NULL CHECK (status IN (
          'sent', 'received', 'in_doubt', 'committed', 'refused', 'not_sent', 'probed', 'overtaken'
        )),
        expected_generation integer     NOT NULL CHECK (expected_generation >= 0),
        request_id          uuid        NOT NULL UNIQUE,
        probe_of            uuid        REFERENCES hub.token_request,
        owner               text        NOT NULL,
        sent_at             timestamptz NOT NULL DEFAULT now(),
        lease_ends_at       timestamptz NOT NULL,
        settled_at          timestamptz,
        outcome             text,
        http_status         integer,
        bank_error          text,
        bank_error_code     text,
        raw_answer          bytea,
        CONSTRAINT token_request_first_grant CHECK ((grant_type = 'authorization_code') = (expected_generation = 0)),
        CONSTRAINT token_request_received_is_kept CHECK (status <> 'received' OR raw_answer IS NOT NULL),
        CONSTRAINT token_request_end_is_dated CHECK (
          (status IN ('committed', 'refused', 'not_sent', 'probed', 'overtaken')) = (settled_at IS NOT NULL)
        )
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX token_request_one_open ON hub.token_request (consent_id)
        WHERE status IN ('sent', 'received', 'in_doubt')`);
    await queryRunner.query(`CREATE INDEX token_request_consent ON hub.token_request (consent_id, sent_at)`);
    await queryRunner.query(`
      CREATE INDEX token_request_open_lease ON hub.token_request (lease_ends_at)
        WHERE status IN ('sent', 'received', 'in_doubt')`);
    await queryRunner.query(`
      CREATE INDEX token_request_probe_of ON hub.token_request (probe_of) WHERE probe_of IS NOT NULL`);
    await queryRunner.query(`
      COMMENT ON INDEX hub.token_request_one_open IS 'single flight across the cluster: a second request for the consent cannot be written'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.token_request`);
  }
}
