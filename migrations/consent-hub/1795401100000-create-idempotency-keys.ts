import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which requests were made under an `Idempotency-Key`, and the answer to each. */
export class CreateIdempotencyKeys1795401100000 implements MigrationInterface {
  readonly name = 'CreateIdempotencyKeys1795401100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.idempotency_key (
        api_client_id uuid        NOT NULL REFERENCES hub.api_client,
        key           text        NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
        request_hash  bytea       NOT NULL CHECK (octet_length(request_hash) = 32),
        attempt       integer     NOT NULL DEFAULT 1 CHECK (attempt >= 1),
        lease_ends_at timestamptz NOT NULL,
        expires_at    timestamptz NOT NULL,
        consent_id    uuid        REFERENCES hub.consent,
        answer        bytea,
        PRIMARY KEY (api_client_id, key),
        CONSTRAINT idempotency_key_answer_is_of_a_consent CHECK ((answer IS NULL) = (consent_id IS NULL))
      )`);
    await queryRunner.query(`CREATE INDEX idempotency_key_expiry ON hub.idempotency_key (expires_at)`);
    await queryRunner.query(`
      CREATE INDEX idempotency_key_consent ON hub.idempotency_key (consent_id) WHERE consent_id IS NOT NULL`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.idempotency_key.answer IS 'sealed by the vault, purpose idempotency_answer, generation 0: it contains the state of the link'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.idempotency_key.attempt IS 'incremented by the request that takes the key over from a process that ended: only the last may answer'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.idempotency_key`);
  }
}
