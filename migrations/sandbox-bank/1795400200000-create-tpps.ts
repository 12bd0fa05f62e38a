import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is registered with the bank, and which of their requests it has seen. */
export class CreateTpps1795400200000 implements MigrationInterface {
  readonly name = 'CreateTpps1795400200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.tpp (
        id                      uuid        PRIMARY KEY,
        brand                   text        NOT NULL CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        client_id               text        NOT NULL,
        name                    text        NOT NULL,
        secret_hash             bytea       NOT NULL CHECK (octet_length(secret_hash) = 32),
        certificate_fingerprint text        NOT NULL CHECK (certificate_fingerprint ~ '^[0-9a-f]{64}$'),
        organization_identifier text,
        redirect_uris           text[]      NOT NULL CHECK (cardinality(redirect_uris) > 0),
        registered_at           timestamptz NOT NULL DEFAULT now(),
        UNIQUE (brand, client_id)
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.tpp.certificate_fingerprint IS 'SHA-256 over the DER of the client certificate, in hex'`);
    await queryRunner.query(`
      CREATE TABLE bank.seen_request (
        tpp_id     uuid        NOT NULL REFERENCES bank.tpp,
        request_id text        NOT NULL,
        seen_at    timestamptz NOT NULL,
        PRIMARY KEY (tpp_id, request_id)
      )`);
    await queryRunner.query(`CREATE INDEX seen_request_seen_at ON bank.seen_request (seen_at)`);
    await queryRunner.query(`
      COMMENT ON TABLE bank.seen_request IS 'empty unless the bank is set to refuse a repeated Request-ID'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.seen_request`);
    await queryRunner.query(`DROP TABLE bank.tpp`);
  }
}
