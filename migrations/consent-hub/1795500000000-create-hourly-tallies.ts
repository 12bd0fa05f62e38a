import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reads of tokens and the time that the bank takes for them, by hour; added up in batches by each hub. */
export class CreateHourlyTallies1795500000000 implements MigrationInterface {
  readonly name = 'CreateHourlyTallies1795500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // No foreign key: to check one would lock the row of the client for every batch.
    await queryRunner.query(`
      CREATE TABLE hub.token_read_tally (
        hour          timestamptz NOT NULL,
        api_client_id uuid        NOT NULL,
        count         bigint      NOT NULL CHECK (count > 0),
        PRIMARY KEY (hour, api_client_id)
      )`);
    await queryRunner.query(`
      CREATE TABLE hub.bank_latency_tally (
        hour     timestamptz NOT NULL,
        brand    text        NOT NULL CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        up_to_ms integer     NOT NULL CHECK (up_to_ms > 0),
        count    bigint      NOT NULL CHECK (count > 0),
        PRIMARY KEY (hour, brand, up_to_ms)
      )`);
    await queryRunner.query(`
      COMMENT ON TABLE hub.bank_latency_tally IS 'calls of POST /token that the bank answered, or that ended without an answer'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.bank_latency_tally.up_to_ms IS 'upper end of the bucket; the longest one holds all that took longer too'`);
    await queryRunner.query(
      `GRANT SELECT ON hub.token_read_tally, hub.bank_latency_tally TO consent_hub_read`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.bank_latency_tally`);
    await queryRunner.query(`DROP TABLE hub.token_read_tally`);
  }
}
