import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which versions may work on the schema: a hub accepts migrations that it does not know, unless one of them stands here. */
export class CreateSchemaCompatibility1795401600000 implements MigrationInterface {
  readonly name = 'CreateSchemaCompatibility1795401600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.schema_compatibility (
        minimum_migration text        PRIMARY KEY,
        reason            text        NOT NULL CHECK (reason <> ''),
        marked_at         timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.schema_compatibility.minimum_migration IS 'a program that does not know this migration may not work on the schema any more'`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.schema_compatibility.reason IS 'what such a program would do wrong'`);
    await queryRunner.query(`REVOKE INSERT, UPDATE, DELETE ON hub.schema_compatibility FROM consent_hub_app`);
    await queryRunner.query(`GRANT SELECT ON hub.schema_compatibility TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.schema_compatibility`);
  }
}
