import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = {
  opened_with: `text[] NOT NULL DEFAULT '{}'`,
  paused_at: 'timestamptz',
  paused_by: 'text',
  resumed_by: 'text',
} as const;

const COMMENTS: Readonly<Record<keyof typeof COLUMNS, string>> = {
  opened_with: 'the outcomes that opened it last, in the form of recent',
  paused_at: 'since when a person has paused the scheduled refreshes; NULL: no person has',
  paused_by: 'the person who did',
  resumed_by: 'the person who resumed them while it was open; NULL once it has closed or opened again',
};

/** A person may pause and resume the scheduled refreshes of a brand, and sees which outcomes have opened the circuit breaker. */
export class PauseRefreshesByHand1795501000000 implements MigrationInterface {
  readonly name = 'PauseRefreshesByHand1795501000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = Object.entries(COLUMNS).map(([name, type]) => `ADD COLUMN ${name} ${type}`);
    await queryRunner.query(`
      ALTER TABLE hub.refresh_circuit_breaker ${columns.join(', ')},
        ADD CONSTRAINT refresh_circuit_breaker_pause_names_its_person CHECK ((paused_at IS NULL) = (paused_by IS NULL))`);
    for (const [column, comment] of Object.entries(COMMENTS)) {
      await queryRunner.query(`COMMENT ON COLUMN hub.refresh_circuit_breaker.${column} IS '${comment}'`);
    }
    await queryRunner.query(`
      GRANT SELECT (${Object.keys(COLUMNS).join(', ')}) ON hub.refresh_circuit_breaker TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const columns = Object.keys(COLUMNS).map((name) => `DROP COLUMN ${name}`);
    await queryRunner.query(`ALTER TABLE hub.refresh_circuit_breaker ${columns.join(', ')}`);
  }
}
