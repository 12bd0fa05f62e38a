import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which processes of the hub there were, of which version, from when to when, and what each did in each hour. Of no consequence for
 * what hubs do: that is decided by `hub.instance`, whose rows go with the spools.
 */
export class CreateInstanceRuns1795500200000 implements MigrationInterface {
  readonly name = 'CreateInstanceRuns1795500200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.createRuns(queryRunner);
    await queryRunner.query(`
      CREATE TABLE hub.instance_tally (
        hour              timestamptz      NOT NULL,
        owner             text             NOT NULL,
        refreshes         bigint           NOT NULL,
        sweeps            bigint           NOT NULL,
        sweep_ms          double precision NOT NULL,
        longest_sweep_ms  double precision NOT NULL,
        answers_recovered bigint           NOT NULL,
        PRIMARY KEY (hour, owner)
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.instance_tally.refreshes IS 'scheduled refreshes that this process claimed and that ended'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.instance_tally.answers_recovered IS 'answers of the bank that were settled from the spool'`);
    await queryRunner.query(`
      CREATE TABLE hub.database_mark (
        at    timestamptz NOT NULL,
        owner text        NOT NULL,
        kind  text        NOT NULL CHECK (kind IN ('replaced', 'unavailable')),
        PRIMARY KEY (at, owner, kind)
      )`);
    await queryRunner.query(`
      COMMENT ON TABLE hub.database_mark IS 'when a process noticed that the database was away, or that another run of the server answers'`);
    await queryRunner.query(`
      GRANT SELECT ON hub.instance_run, hub.instance_tally, hub.database_mark TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['database_mark', 'instance_tally', 'instance_run'])
      await queryRunner.query(`DROP TABLE hub.${table}`);
  }

  private async createRuns(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.instance_run (
        owner               text        PRIMARY KEY,
        name                text        NOT NULL,
        is_duplicate        boolean     NOT NULL,
        version             text        NOT NULL,
        schema              text        NOT NULL,
        started_at          timestamptz NOT NULL,
        seen_at             timestamptz NOT NULL,
        ended_at            timestamptz,
        spool_is_writable   boolean     NOT NULL,
        spool_files         integer     NOT NULL,
        unsettled_answers   integer     NOT NULL,
        oldest_unsettled_at timestamptz
      ) WITH (fillfactor = 50)`);
    for (const [column, comment] of Object.entries({
      is_duplicate: 'HUB_INSTANCE was in use, and the process took a name of its own',
      schema: 'the latest migration that the process knows',
      seen_at: 'when it wrote this row last, which it does every ten seconds',
      ended_at: 'when it ended in order; NULL before, and for one that was killed',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.instance_run.${column} IS '${comment}'`);
    }
    await queryRunner.query(`CREATE INDEX instance_run_seen ON hub.instance_run (seen_at)`);
    await queryRunner.query(`CREATE INDEX instance_run_started ON hub.instance_run (started_at)`);
  }
}
