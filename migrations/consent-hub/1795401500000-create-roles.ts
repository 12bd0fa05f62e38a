import type { MigrationInterface, QueryRunner } from 'typeorm';

const OWNER = 'consent_hub_owner';
const APP = 'consent_hub_app';
const READ = 'consent_hub_read';

/** Those of the existing tables whose rows the hub deletes. What a consent was, and who called, stays. */
const DELETED_FROM = [
  'consent_account',
  'consent_count_change',
  'idempotency_key',
  'instance',
  'refresh_tally',
  'token_request',
];

/** They write the heads of timelines, which no other function may. */
const CHAINING = ['chain_consent_event', 'move_timeline_heads'];

const SETUP = 'The roles of the database are described in docs/operations.md.';

/**
 * Three roles that cannot log in, of which login users are members: the owner of the schema, the hub, and readers for
 * reports. Roles belong to the cluster: another database may have made them, or a database administrator where the user that
 * migrates may not.
 *
 * Tables of later migrations are made by the owner, and the hub may write their rows. No role may read them for reports, and none
 * may call their functions, unless their migration says so.
 */
export class CreateRoles1795401500000 implements MigrationInterface {
  readonly name = 'CreateRoles1795401500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const role of [OWNER, APP, READ]) await queryRunner.query(createRole(role));
    await queryRunner.query(JOIN_OWNER);
    await queryRunner.query(giveTo(OWNER));
    // The list of migrations stays with the user that made it.
    await queryRunner.query(`GRANT SELECT, INSERT, DELETE ON public.hub_migration TO ${OWNER}`);
    await queryRunner.query(`GRANT USAGE ON SEQUENCE public.hub_migration_id_seq TO ${OWNER}`);
    await queryRunner.query(`GRANT SELECT ON public.hub_migration TO ${APP}`);
    // For the rest of the session: what later migrations make belongs to the owner too.
    await queryRunner.query(`SET ROLE ${OWNER}`);
    await this.admitHub(queryRunner);
    await this.chainAsOwner(queryRunner);
    await this.admitReaders(queryRunner);
  }

  /** The roles stay: they may own or read other databases of the cluster. */
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of CHAINING) {
      await queryRunner.query(`ALTER FUNCTION hub.${name} SECURITY INVOKER RESET search_path`);
    }
    await queryRunner.query(`ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC`);
    await queryRunner.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA hub REVOKE ALL ON TABLES FROM ${APP}`);
    await queryRunner.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA hub REVOKE ALL ON SEQUENCES FROM ${APP}`);
    await queryRunner.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA hub TO PUBLIC`);
    for (const kind of ['FUNCTIONS', 'SEQUENCES', 'TABLES']) {
      await queryRunner.query(`REVOKE ALL ON ALL ${kind} IN SCHEMA hub FROM ${APP}, ${READ}`);
    }
    await queryRunner.query(`REVOKE ALL ON SCHEMA hub FROM ${APP}, ${READ}`);
    await queryRunner.query(`RESET ROLE`);
    await queryRunner.query(giveTo('CURRENT_USER'));
    await queryRunner.query(`REVOKE ALL ON public.hub_migration FROM ${OWNER}, ${APP}`);
    await queryRunner.query(`REVOKE ALL ON SEQUENCE public.hub_migration_id_seq FROM ${OWNER}`);
  }

  private async admitHub(queryRunner: QueryRunner): Promise<void> {
    const tables = (names: string[]) => names.map((name) => `hub.${name}`).join();
    await queryRunner.query(`GRANT USAGE ON SCHEMA hub TO ${APP}`);
    await queryRunner.query(`GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA hub TO ${APP}`);
    await queryRunner.query(`GRANT DELETE ON ${tables(DELETED_FROM)} TO ${APP}`);
    // To write a head would be enough to hide entries, and the trigger that refuses it can be got around: by a trigger on a
    // temporary table of one's own.
    await queryRunner.query(`REVOKE INSERT, UPDATE ON hub.consent_timeline FROM ${APP}`);
    await queryRunner.query(`REVOKE UPDATE ON hub.consent_event FROM ${APP}`);
    await queryRunner.query(
      `ALTER DEFAULT PRIVILEGES IN SCHEMA hub GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${APP}`,
    );
    await queryRunner.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA hub GRANT USAGE ON SEQUENCES TO ${APP}`);
  }

  /** A user who may execute a function can make a trigger of his own run it, on rows that he chose. */
  private async chainAsOwner(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA hub FROM PUBLIC`);
    await queryRunner.query(`ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`);
    await queryRunner.query(`GRANT EXECUTE ON FUNCTION hub.consent_event_hash TO ${APP}, ${READ}`);
    await queryRunner.query(`GRANT EXECUTE ON FUNCTION hub.refresh_due TO ${APP}`);
    for (const name of CHAINING) {
      await queryRunner.query(
        `ALTER FUNCTION hub.${name} SECURITY DEFINER SET search_path = pg_catalog, pg_temp`,
      );
    }
  }

  /** Everything that is sealed or hashed is `bytea`, and so are the hashes of timelines, which are no secret. */
  private async admitReaders(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`GRANT USAGE ON SCHEMA hub TO ${READ}`);
    await queryRunner.query(`
      DO $$
      DECLARE
        readable record;
      BEGIN
        FOR readable IN
          SELECT c.oid::regclass AS table, string_agg(quote_ident(a.attname), ', ') AS columns
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind = 'r'
             AND (a.atttypid <> 'bytea'::regtype OR c.relname IN ('consent_event', 'consent_timeline'))
           GROUP BY c.oid
        LOOP
          EXECUTE format('GRANT SELECT (%s) ON %s TO ${READ}', readable.columns, readable.table);
        END LOOP;
      END $$`);
  }
}

const createRole = (role: string): string => `
  DO $$
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
      CREATE ROLE ${role} NOLOGIN;
    END IF;
  EXCEPTION
    -- Another database of the cluster is migrated at the same moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
      RAISE insufficient_privilege USING
        MESSAGE = format('role ${role} is missing, and %I may not create roles', current_user), HINT = '${SETUP}';
  END $$`;

/** A user who may create roles is not a member of those that he created, and may make himself one. */
const JOIN_OWNER = `
  DO $$
  BEGIN
    IF NOT pg_has_role('${OWNER}', 'USAGE') THEN
      GRANT ${OWNER} TO CURRENT_USER;
    END IF;
  EXCEPTION
    WHEN insufficient_privilege THEN
      RAISE insufficient_privilege USING
        MESSAGE = format('%I must be a member of ${OWNER} to migrate', current_user), HINT = '${SETUP}';
  END $$`;

const giveTo = (owner: string): string => `
  DO $$
  DECLARE
    named text;
  BEGIN
    ALTER SCHEMA hub OWNER TO ${owner};
    FOR named IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'hub'::regnamespace AND relkind = 'r' LOOP
      EXECUTE format('ALTER TABLE %s OWNER TO ${owner}', named);
    END LOOP;
    FOR named IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'hub'::regnamespace LOOP
      EXECUTE format('ALTER FUNCTION %s OWNER TO ${owner}', named);
    END LOOP;
  END $$`;
