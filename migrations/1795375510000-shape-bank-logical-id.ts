import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ShapeBankLogicalId1795375510000 implements MigrationInterface {
  readonly name = 'ShapeBankLogicalId1795375510000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // The shape of a compact JWE as the bank's page shows it (RFC 7516 section 7.1): a header, no key, 16 bytes, 32 bytes
    // and a seal of 16 bytes. Still derived, not stored, and none of what it stands for can be read out of it. The seal
    // tells which brand made it.
    await queryRunner.query(`
      CREATE FUNCTION bank.base64url(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT translate(encode(bytes, 'base64'), '+/=' || chr(10), '-_')
      $$`);
    await queryRunner.query(`
      CREATE FUNCTION bank.seal_logical_id(brand text, content text) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT content || '.' || bank.base64url(substring(
                 sha256(key || convert_to('seal ' || brand || ' ' || content, 'UTF8')) FOR 16
               ))
          FROM bank.logical_id_key
      $$`);
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION bank.logical_id(tpp_id uuid, psu_id text, iban text) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT bank.seal_logical_id(t.brand, concat_ws('.',
                 bank.base64url(convert_to('{"typ":"JWT","alg":"dir","enc":"A128CBC-HS256"}', 'UTF8')),
                 '',
                 bank.base64url(substring(sha256(key || subject || '\\x01') FOR 16)),
                 bank.base64url(sha256(key || subject || '\\x02'))
               ))
          FROM bank.logical_id_key
          JOIN bank.tpp t ON t.id = $1
         CROSS JOIN convert_to($1 || ' ' || $2 || ' ' || $3, 'UTF8') AS subject
      $$`);
    await queryRunner.query(`
      CREATE FUNCTION bank.is_logical_id_of(brand text, logical_id text) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT bank.seal_logical_id(brand, regexp_replace(logical_id, '[.][^.]*$', '')) = logical_id
      $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION bank.is_logical_id_of`);
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION bank.logical_id(tpp_id uuid, psu_id text, iban text) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT translate(
          encode(sha256(key || convert_to(tpp_id || ' ' || psu_id || ' ' || iban, 'UTF8')), 'base64'), '+/=', '-_'
        ) FROM bank.logical_id_key
      $$`);
    await queryRunner.query(`DROP FUNCTION bank.seal_logical_id`);
    await queryRunner.query(`DROP FUNCTION bank.base64url`);
  }
}
