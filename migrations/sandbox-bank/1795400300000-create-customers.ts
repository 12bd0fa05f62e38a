import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The customers of the bank, their accounts, and the logical IDs by which a TPP knows an account. */
export class CreateCustomers1795400300000 implements MigrationInterface {
  readonly name = 'CreateCustomers1795400300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.createAccounts(queryRunner);
    await this.createUnattendedCalls(queryRunner);
    await this.createLogicalIds(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION bank.is_logical_id_of`);
    await queryRunner.query(`DROP FUNCTION bank.logical_id`);
    await queryRunner.query(`DROP FUNCTION bank.seal_logical_id`);
    await queryRunner.query(`DROP FUNCTION bank.base64url`);
    await queryRunner.query(`DROP TABLE bank.logical_id_key`);
    await queryRunner.query(`DROP TABLE bank.unattended_call`);
    await queryRunner.query(`DROP TABLE bank.account_psu`);
    await queryRunner.query(`DROP TABLE bank.account_compartment`);
    await queryRunner.query(`DROP TABLE bank.account`);
    await queryRunner.query(`DROP TABLE bank.psu`);
  }

  private async createAccounts(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.psu (
        id       text    PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
        brand    text    NOT NULL CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        position integer NOT NULL,
        name     text    NOT NULL,
        language text    NOT NULL CHECK (language IN ('fr', 'nl'))
      )`);
    await queryRunner.query(`
      CREATE TABLE bank.account (
        iban        text    PRIMARY KEY CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
        brand       text    NOT NULL CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        kind        text    NOT NULL CHECK (kind IN ('payment', 'savings')),
        label       text    NOT NULL,
        holder      text    NOT NULL,
        currency    text    NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        balance     numeric(16, 2) NOT NULL,
        is_blocked  boolean NOT NULL DEFAULT false,
        is_eligible boolean NOT NULL GENERATED ALWAYS AS (kind = 'payment' AND NOT is_blocked) STORED,
        activity    text    NOT NULL DEFAULT 'salary'
                            CHECK (activity IN ('salary', 'household', 'business', 'quiet', 'none')),
        language    text    NOT NULL DEFAULT 'fr' CHECK (language IN ('fr', 'nl'))
      )`);
    await queryRunner.query(`
      CREATE TABLE bank.account_compartment (
        iban     text           NOT NULL REFERENCES bank.account,
        currency text           NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        balance  numeric(16, 2) NOT NULL,
        PRIMARY KEY (iban, currency)
      )`);
    await queryRunner.query(`
      CREATE TABLE bank.account_psu (
        psu_id      text    NOT NULL REFERENCES bank.psu,
        position    integer NOT NULL,
        iban        text    NOT NULL REFERENCES bank.account,
        is_enrolled boolean NOT NULL DEFAULT true,
        PRIMARY KEY (psu_id, iban)
      )`);
    await queryRunner.query(`CREATE INDEX account_psu_iban ON bank.account_psu (iban)`);
    for (const [target, comment] of Object.entries({
      'COLUMN bank.account.is_eligible': 'may be opened to a TPP: a payment account that is not blocked',
      'COLUMN bank.account.balance':
        'at the start of every month: the movements of a month add up to nothing',
      'COLUMN bank.account.activity':
        'what its movements are derived from, in addition to its number; no movement is stored',
      'TABLE bank.account_compartment': 'the further currencies of a multi-currency account',
      'COLUMN bank.account_psu.is_enrolled':
        'may open the account to a TPP: a company enrols each person who is not its legal representative',
    })) {
      await queryRunner.query(`COMMENT ON ${target} IS '${comment}'`);
    }
  }

  private async createUnattendedCalls(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.unattended_call (
        tpp_id   uuid          NOT NULL REFERENCES bank.tpp,
        iban     text          NOT NULL REFERENCES bank.account,
        resource text          NOT NULL CHECK (resource IN ('account', 'transactions')),
        called   timestamptz[] NOT NULL CHECK (cardinality(called) BETWEEN 1 AND 4),
        PRIMARY KEY (tpp_id, iban, resource)
      )`);
    await queryRunner.query(`CREATE INDEX unattended_call_iban ON bank.unattended_call (iban)`);
    await queryRunner.query(`
      COMMENT ON COLUMN bank.unattended_call.called IS 'the calls of the 24 hours before the last one'`);
  }

  /**
   * The shape of a compact JWE as the bank's page shows it (RFC 7516 section 7.1): a header, no key, 16 bytes, 32 bytes and a
   * seal of 16 bytes. Derived, not stored: an account has the same logical ID for a TPP and a PSU through every consent, and none
   * of the three can be read out of it. The seal shows which brand made it.
   */
  private async createLogicalIds(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bank.logical_id_key (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        key     bytea   NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
      )`);
    await queryRunner.query(`INSERT INTO bank.logical_id_key DEFAULT VALUES`);
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
      CREATE FUNCTION bank.logical_id(tpp_id uuid, psu_id text, iban text) RETURNS text LANGUAGE sql STABLE AS $$
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
}
