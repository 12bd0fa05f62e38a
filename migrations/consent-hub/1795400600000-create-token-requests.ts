import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The journal: one row per call of POST /token, written before the call. */
export class CreateTokenRequests1795400600000 implements MigrationInterface {
  readonly name = 'CreateTokenRequests1795400600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.createTable(queryRunner);
    await this.createIndexes(queryRunner);
    await this.storeNothingOfTheErased(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.token_request`);
    await queryRunner.query(`DROP FUNCTION hub.keep_no_answer_of_the_erased`);
  }

  private async createTable(queryRunner: QueryRunner): Promise<void> {
    // No foreign key to the consent: a transaction that writes a request has read the row of the consent in the same statement or
    // before, and no such row is ever deleted. To check it again would lock, hence write, that row for every request: a
    // fifth of what a claim cost. No unique Request-ID either: it is random, and an index would cost two writes per request.
    await queryRunner.query(`
      CREATE TABLE hub.token_request (
        id                  uuid        PRIMARY KEY,
        consent_id          uuid        NOT NULL,
        brand               text        NOT NULL CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        grant_type          text        NOT NULL CHECK (grant_type IN ('authorization_code', 'refresh_token')),
        status              text        NOT NULL CHECK (status IN (
          'sent', 'received', 'in_doubt', 'committed', 'refused', 'not_sent', 'probed', 'overtaken'
        )),
        expected_generation integer     NOT NULL CHECK (expected_generation >= 0),
        request_id          uuid        NOT NULL,
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
        caller_request_id   text,
        CONSTRAINT token_request_first_grant CHECK ((grant_type = 'authorization_code') = (expected_generation = 0)),
        CONSTRAINT token_request_received_is_kept CHECK (status <> 'received' OR raw_answer IS NOT NULL),
        CONSTRAINT token_request_end_is_dated CHECK (
          (status IN ('committed', 'refused', 'not_sent', 'probed', 'overtaken')) = (settled_at IS NOT NULL)
        )
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_request.request_id IS 'Request-ID of the call at the bank'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_request.caller_request_id IS 'X-Request-Id of the request to the hub that the call was made for; NULL: a job made the call'`);
  }

  private async createIndexes(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE UNIQUE INDEX token_request_one_open ON hub.token_request (consent_id)
        WHERE status IN ('sent', 'received', 'in_doubt')`);
    await queryRunner.query(`
      COMMENT ON INDEX hub.token_request_one_open IS 'single flight across all replicas: a second open request of a consent cannot be written'`);
    await queryRunner.query(`CREATE INDEX token_request_consent ON hub.token_request (consent_id, sent_at)`);
    await queryRunner.query(`
      CREATE INDEX token_request_probe_of ON hub.token_request (probe_of) WHERE probe_of IS NOT NULL`);
    // A reservation asks whether a doubt about this generation is unresolved. Doubts are rare, the history is long.
    await queryRunner.query(`
      CREATE INDEX token_request_unresolved ON hub.token_request (consent_id, expected_generation) WHERE status = 'probed'`);
    // For lists by status, newest first. Left out are `committed`, which a list meets at once, and `sent`, which another index
    // holds: the path of a refresh writes no entry here.
    await queryRunner.query(`
      CREATE INDEX token_request_status ON hub.token_request (status, id)
        WHERE status IN ('received', 'in_doubt', 'refused', 'not_sent', 'probed', 'overtaken')`);
  }

  /** An answer that arrives after the person was erased is not stored. */
  private async storeNothingOfTheErased(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION hub.keep_no_answer_of_the_erased() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM hub.consent WHERE id = NEW.consent_id AND erased_at IS NOT NULL) THEN
          NEW.raw_answer := NULL;
          IF NEW.status = 'received' THEN
            NEW.status := 'overtaken';
            NEW.settled_at := now();
          END IF;
        END IF;
        RETURN NEW;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER token_request_of_the_erased BEFORE INSERT OR UPDATE ON hub.token_request
        FOR EACH ROW WHEN (NEW.raw_answer IS NOT NULL) EXECUTE FUNCTION hub.keep_no_answer_of_the_erased()`);
  }
}
