import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which processes of the hub are at work, and whether they have compared their spools with the server that runs now. It takes the
 * place of the list of servers: whether pairs may be spent is decided by what each process has confirmed, not by a time.
 */
export class CreateInstance1795377000000 implements MigrationInterface {
  readonly name = 'CreateInstance1795377000000';

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
    await queryRunner.query(`
      COMMENT ON COLUMN hub.instance.beat IS 'moved every two seconds: whoever observes it measures the silence of its process'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.instance.spool_id IS 'device and inode of the spool directory, where the process listens on a socket; NULL where it does not'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.instance.confirmed_run IS 'start of the server run that its spool was compared with'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.instance.system IS 'system identifier and timeline of that server'`);
    await queryRunner.query(`DROP TABLE hub.database_server`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.database_server (
        identity    text        PRIMARY KEY,
        spends_from timestamptz NOT NULL
      )`);
    await queryRunner.query(`DROP TABLE hub.instance`);
  }
}
