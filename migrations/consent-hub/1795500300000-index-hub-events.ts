import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the events of the hub of one type by their time: the pauses of refreshes are shown in plots. */
export class IndexHubEvents1795500300000 implements MigrationInterface {
  readonly name = 'IndexHubEvents1795500300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX hub_event_type ON hub.hub_event (type, at)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX hub.hub_event_type`);
  }
}
