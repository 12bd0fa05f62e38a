import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which database servers hubs have met, and from when on pairs may be spent there: also by a hub that starts after a failover. */
export class RememberDatabaseServers1795376800000 implements MigrationInterface {
  readonly name = 'RememberDatabaseServers1795376800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.database_server (
        identity    text        PRIMARY KEY,
        spends_from timestamptz NOT NULL
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.database_server`);
  }
}
