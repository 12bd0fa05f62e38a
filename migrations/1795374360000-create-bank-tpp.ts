import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBankTpp1795374360000 implements MigrationInterface {
  readonly name = 'CreateBankTpp1795374360000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.tpp (
        id                      uuid        PRIMARY KEY,
        brand                   text        NOT NULL CHECK (brand IN ('belfius', 'banx')),
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
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE bank.tpp`);
  }
}
