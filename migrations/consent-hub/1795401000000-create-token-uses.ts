import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often each API client was handed the tokens of each consent. Written in batches: a read never writes a row of its own. */
export class CreateTokenUses1795401000000 implements MigrationInterface {
  readonly name = 'CreateTokenUses1795401000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // No foreign keys: to check one locks the consent, and a batch that waits for a consent while it holds pairs could block
    // a transaction that holds that consent and wants a pair.
    await queryRunner.query(`
      CREATE TABLE hub.token_use (
        consent_id    uuid        NOT NULL,
        api_client_id uuid        NOT NULL,
        uses          bigint      NOT NULL CHECK (uses > 0),
        last_used_at  timestamptz NOT NULL,
        PRIMARY KEY (consent_id, api_client_id)
      ) WITH (fillfactor = 80)`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_use.uses IS 'a process that dies loses what it counted since its last batch: a statistic, not an audit'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.token_use`);
  }
}
