import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which processes of the hub are at work, and whether they have compared their spools with the server that runs now. Whether
 * pairs may be spent is decided by what each process has confirmed, not by a time.
 */
export class CreateInstances1795400700000 implements MigrationInterface {
  readonly name = 'CreateInstances1795400700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.instance (
        owner         text        PRIMARY KEY,
        name          text        NOT NULL,
        machine       text        NOT NULL,
        spool_dir     text        NOT NULL,
        spool_id      text,
        key_ids       text[]      NOT NULL,
        beat          bigint      NOT NULL DEFAULT 1,
        confirmed_run text,
        system        text,
        started_at    timestamptz NOT NULL DEFAULT now()
      ) WITH (fillfactor = 50)`);
    for (const [column, comment] of Object.entries({
      beat: 'incremented every two seconds: an observer measures from it how long the process is silent',
      spool_id:
        'device and inode of the spool directory, if the process listens on a socket there; NULL if it does not',
      confirmed_run: 'start of the server run that the spool was compared with',
      system: 'system identifier and timeline of that server',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.instance.${column} IS '${comment}'`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.instance`);
  }
}
