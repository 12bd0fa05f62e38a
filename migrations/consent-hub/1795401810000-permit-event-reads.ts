import type { MigrationInterface, QueryRunner } from 'typeorm';

/** API clients may be permitted to read events. None is by itself. */
export class PermitEventReads1795401810000 implements MigrationInterface {
  readonly name = 'PermitEventReads1795401810000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await allow(queryRunner, `'consents:read', 'consents:write', 'tokens:read', 'events:read', 'admin'`);
  }

  /** A client that could do nothing else is revoked: none may be without a permission. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      UPDATE hub.api_client
         SET revoked_at = CASE WHEN permissions <@ ARRAY['events:read'] THEN coalesce(revoked_at, now()) ELSE revoked_at END,
             permissions = CASE WHEN permissions <@ ARRAY['events:read'] THEN ARRAY['consents:read']
                                ELSE array_remove(permissions, 'events:read') END
       WHERE 'events:read' = ANY (permissions)`);
    await allow(queryRunner, `'consents:read', 'consents:write', 'tokens:read', 'admin'`);
  }
}

async function allow(queryRunner: QueryRunner, permissions: string): Promise<void> {
  await queryRunner.query(`ALTER TABLE hub.api_client DROP CONSTRAINT api_client_permissions_check`);
  await queryRunner.query(`
    ALTER TABLE hub.api_client ADD CONSTRAINT api_client_permissions_check CHECK (
      cardinality(permissions) > 0 AND permissions <@ ARRAY[${permissions}]
    )`);
}
