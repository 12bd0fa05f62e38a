import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBankLogicalId1795374600000 implements MigrationInterface {
  readonly name = 'CreateBankLogicalId1795374600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.logical_id_key (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        key     bytea   NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
      )`);
    await queryRunner.query(`INSERT INTO bank.logical_id_key DEFAULT VALUES`);
    // Derived, not stored: the same account has the same handle for a TPP and a PSU through every consent, and none of
    // the three can be read out of it. Base64url, so that it may stand in a path.
    await queryRunner.query(`
      CREATE FUNCTION bank.logical_id(tpp_id uuid, psu_id text, iban text) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT translate(
          encode(sha256(key || convert_to(tpp_id || ' ' || psu_id || ' ' || iban, 'UTF8')), 'base64'), '+/=', '-_'
        ) FROM bank.logical_id_key
      $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION bank.logical_id`);
    await queryRunner.query(`DROP TABLE bank.logical_id_key`);
  }
}
