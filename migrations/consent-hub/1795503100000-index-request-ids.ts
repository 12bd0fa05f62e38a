import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds a call by the Request-ID that the bank names. Requests that have not ended are left out, which another index holds: so
 * each request is entered once, when it ends, and not when it is written as well.
 */
export class IndexRequestIds1795503100000 implements MigrationInterface {
  readonly name = 'IndexRequestIds1795503100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX token_request_request_id ON hub.token_request (request_id) WHERE settled_at IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.token_request_request_id`);
  }
}
