import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One row per brand, made by the first hub that knows the brand: whether its scheduled refreshes may run, and how many may be under way across all replicas. For some
 * time after a pause, refreshes are drawn at random from what is due.
 */
export class CreateRefreshCircuitBreakers1795400800000 implements MigrationInterface {
  readonly name = 'CreateRefreshCircuitBreakers1795400800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.refresh_circuit_breaker (
        brand           text        PRIMARY KEY CHECK (brand ~ '^[a-z][a-z0-9]{1,31}$'),
        version         bigint      NOT NULL DEFAULT 0,
        status          text        NOT NULL DEFAULT 'closed' CHECK (status IN ('closed', 'open', 'half_open')),
        changed_at      timestamptz NOT NULL DEFAULT now(),
        allowance       integer     NOT NULL DEFAULT 0 CHECK (allowance >= 0),
        recent          text[]      NOT NULL DEFAULT '{}',
        under_way       jsonb       NOT NULL DEFAULT '{}',
        canary_failures integer     NOT NULL DEFAULT 0 CHECK (canary_failures >= 0),
        next_canary_at  timestamptz,
        reported_at     timestamptz,
        resumed_at      timestamptz,
        CONSTRAINT refresh_circuit_breaker_canary_is_of_an_open_one CHECK (next_canary_at IS NULL OR status = 'open')
      ) WITH (fillfactor = 50)`);
    for (const [column, comment] of Object.entries({
      version: 'every writer compares it and adds one',
      recent:
        'the last outcomes, newest last: empty for a good one, the consent of one that counts against the bank; while open, the refused canaries',
      under_way: 'by instance: scheduled refreshes under way, and until when they count',
      resumed_at: 'when the circuit breaker last closed again; NULL if it was never open',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.refresh_circuit_breaker.${column} IS '${comment}'`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.refresh_circuit_breaker`);
  }
}
