import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A call of the bank can be found by the request that it was made for. */
export class NameCallersOfTokenRequests1795377700000 implements MigrationInterface {
  readonly name = 'NameCallersOfTokenRequests1795377700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE hub.token_request ADD COLUMN caller_request_id text`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_request.caller_request_id IS 'X-Request-Id of the request to the hub that the call was made for; NULL where it was scheduled, or taken up by a job'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.token_request.request_id IS 'Request-ID of the call at the bank'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`COMMENT ON COLUMN hub.token_request.request_id IS NULL`);
    await queryRunner.query(`ALTER TABLE hub.token_request DROP COLUMN caller_request_id`);
  }
}
