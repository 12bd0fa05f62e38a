import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a hub gives of an entry; the rest is the database's. */
const GIVEN = 'consent_id, type, from_state, to_state, reason, actor, data';

/**
 * The third step: the entries of timelines are divided by month. What was there is the first partition, as it is: nothing is read,
 * no index is made anew. Names, columns and what can be written stay the same.
 *
 * No index spans partitions: a unique one would need the moment in it, and say nothing then. Within a partition the number of an
 * entry is unique; across them the row of the head is what its writers queue at. An entry is put into its partition before the
 * trigger sees it, which may not move it to another: so the moment is a default, and hubs may not give one.
 */
export class PartitionTimelines1795402120000 implements MigrationInterface {
  readonly name = 'PartitionTimelines1795402120000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL TimeZone = 'UTC'`);
    await queryRunner.query(`SET LOCAL DateStyle = 'ISO, YMD'`);
    await this.createTable(queryRunner);
    await this.makeFirstPartition(queryRunner);
    await this.chainEvents(queryRunner);
    for (const sql of [ADD_PARTITION, ADD_PARTITIONS]) {
      await queryRunner.query(sql);
    }
    await queryRunner.query(`GRANT EXECUTE ON FUNCTION hub.add_timeline_partitions TO consent_hub_app`);
    await queryRunner.query(`SELECT hub.add_timeline_partition('consent_event_default', NULL, NULL)`);
    // Hubs check whether something is in it.
    await queryRunner.query(`GRANT SELECT ON hub.consent_event_default TO consent_hub_app`);
    await queryRunner.query(`SELECT hub.add_timeline_partitions()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['add_timeline_partitions', 'add_timeline_partition', 'consent_event_hash']) {
      await queryRunner.query(`DROP FUNCTION hub.${name}`);
    }
    await queryRunner.query(`ALTER TABLE hub.consent_event DETACH PARTITION hub.consent_event_first`);
    await queryRunner.query(`INSERT INTO hub.consent_event_first SELECT * FROM hub.consent_event`);
    await queryRunner.query(`ALTER SEQUENCE hub.event_position OWNED BY hub.consent_event_first.position`);
    await queryRunner.query(`DROP TABLE hub.consent_event`);
    await queryRunner.query(`DROP TABLE hub.timeline_partition`);
    await queryRunner.query(`ALTER TABLE hub.consent_event_first RENAME TO consent_event`);
    await this.renameIndexes(queryRunner, 'consent_event_first', 'consent_event');
    await queryRunner.query(`ALTER TABLE hub.consent_event ALTER COLUMN at DROP DEFAULT`);
    await queryRunner.query(boundOf('consent_event'));
    await queryRunner.query(HASH);
    await queryRunner.query(chain('NEW.at := clock_timestamp();'));
    await this.createTriggers(queryRunner);
    await queryRunner.query(`GRANT SELECT, INSERT ON hub.consent_event TO consent_hub_app`);
    await this.admitReaders(queryRunner);
  }

  private async createTable(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.timeline_partition (
        name        text        PRIMARY KEY,
        starts_at   timestamptz,
        ends_at     timestamptz NOT NULL UNIQUE
      )`);
    await queryRunner.query(`
      COMMENT ON COLUMN hub.timeline_partition.starts_at IS 'NULL: it begins with the first entry there ever was'`);
    await queryRunner.query(`REVOKE INSERT, UPDATE, DELETE ON hub.timeline_partition FROM consent_hub_app`);
    await queryRunner.query(`GRANT SELECT ON hub.timeline_partition TO consent_hub_read`);
  }

  private async makeFirstPartition(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['chain', 'heads', 'append_only']) {
      await queryRunner.query(`DROP TRIGGER consent_event_${name} ON hub.consent_event`);
    }
    await queryRunner.query(`ALTER TABLE hub.consent_event RENAME TO consent_event_first`);
    await this.renameIndexes(queryRunner, 'consent_event', 'consent_event_first');
    await queryRunner.query(`DROP FUNCTION hub.consent_event_hash`);
    await queryRunner.query(`
      CREATE TABLE hub.consent_event
        (LIKE hub.consent_event_first INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING COMMENTS) PARTITION BY RANGE (at)`);
    await queryRunner.query(`ALTER TABLE hub.consent_event DROP CONSTRAINT consent_event_bound`);
    await queryRunner.query(`ALTER TABLE hub.consent_event ALTER COLUMN at SET DEFAULT clock_timestamp()`);
    await queryRunner.query(`ALTER SEQUENCE hub.event_position OWNED BY hub.consent_event.position`);
    await queryRunner.query(`
      DO $$
      DECLARE
        ends timestamptz := (SELECT substring(pg_get_constraintdef(oid) FROM '''([^'']+)''')::timestamptz FROM pg_constraint
                              WHERE conrelid = 'hub.consent_event_first'::regclass AND conname = 'consent_event_bound');
      BEGIN
        EXECUTE format('ALTER TABLE hub.consent_event ATTACH PARTITION hub.consent_event_first FOR VALUES FROM (MINVALUE) TO (%L)',
                       ends);
        INSERT INTO hub.timeline_partition (name, ends_at) VALUES ('consent_event_first', ends);
      END $$`);
    await queryRunner.query(`ALTER TABLE hub.consent_event_first DROP CONSTRAINT consent_event_bound`);
    await queryRunner.query(`REVOKE ALL ON hub.consent_event, hub.consent_event_first FROM consent_hub_app`);
    await queryRunner.query(
      `REVOKE SELECT (${ALL_COLUMNS}) ON hub.consent_event_first FROM consent_hub_read`,
    );
    await queryRunner.query(`GRANT SELECT, INSERT (${GIVEN}) ON hub.consent_event TO consent_hub_app`);
    await this.admitReaders(queryRunner);
  }

  private async chainEvents(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(HASH);
    await queryRunner.query(chain(''));
    await this.createTriggers(queryRunner);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_no_truncate BEFORE TRUNCATE ON hub.consent_event
        FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_timeline_change()`);
  }

  private async createTriggers(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TRIGGER consent_event_chain BEFORE INSERT ON hub.consent_event
        FOR EACH ROW EXECUTE FUNCTION hub.chain_consent_event()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_heads AFTER INSERT ON hub.consent_event
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION hub.move_timeline_heads()`);
    await queryRunner.query(`
      CREATE TRIGGER consent_event_append_only BEFORE UPDATE OR DELETE ON hub.consent_event
        FOR EACH ROW EXECUTE FUNCTION hub.refuse_timeline_change()`);
    await queryRunner.query(
      `GRANT EXECUTE ON FUNCTION hub.consent_event_hash TO consent_hub_app, consent_hub_read`,
    );
  }

  private async renameIndexes(queryRunner: QueryRunner, from: string, to: string): Promise<void> {
    for (const index of ['pkey', 'position']) {
      await queryRunner.query(`ALTER INDEX hub.${from}_${index} RENAME TO ${to}_${index}`);
    }
  }

  private async admitReaders(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`GRANT SELECT (${ALL_COLUMNS}) ON hub.consent_event TO consent_hub_read`);
  }
}

const ALL_COLUMNS = `${GIVEN}, seq, at, previous_hash, hash, position`;

const HASH = `
      CREATE FUNCTION hub.consent_event_hash(e hub.consent_event) RETURNS bytea
      LANGUAGE sql IMMUTABLE AS $$
        SELECT sha256(convert_to(jsonb_build_array(
          e.consent_id, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          e.type, e.from_state, e.to_state, e.reason, e.actor, e.data, encode(e.previous_hash, 'hex')
        )::text, 'UTF8'))
      $$`;

const chain = (moment: string): string => `
      CREATE OR REPLACE FUNCTION hub.chain_consent_event() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        SELECT seq + 1, hash INTO NEW.seq, NEW.previous_hash
          FROM hub.consent_timeline WHERE consent_id = NEW.consent_id FOR NO KEY UPDATE;
        NEW.seq := coalesce(NEW.seq, 1);
        ${moment}
        PERFORM pg_current_xact_id();
        NEW.position := nextval('hub.event_position');
        NEW.hash := sha256(convert_to(jsonb_build_array(
          NEW.consent_id, NEW.seq, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          NEW.type, NEW.from_state, NEW.to_state, NEW.reason, NEW.actor, NEW.data, encode(NEW.previous_hash, 'hex')
        )::text, 'UTF8'));
        RETURN NEW;
      END $$`;

const boundOf = (table: string): string => `
      DO $$
      BEGIN
        EXECUTE format(
          'ALTER TABLE hub.${table} ADD CONSTRAINT consent_event_bound CHECK (at < %L::timestamptz)',
          to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '2 months', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        );
      END $$`;

const AS_OWNER = `LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, YMD'`;

/**
 * Partition of one month, or of what no other one takes. Attached when it is complete: the lock for that does not block the partitions
 * that are written and read. What the default partition holds of the month is moved.
 */
const ADD_PARTITION = `
      CREATE FUNCTION hub.add_timeline_partition(partition text, starts timestamptz, ends timestamptz) RETURNS void
      ${AS_OWNER} AS $$
      BEGIN
        EXECUTE format('CREATE TABLE hub.%I (LIKE hub.consent_event INCLUDING CONSTRAINTS INCLUDING DEFAULTS,
                          CONSTRAINT %I PRIMARY KEY (consent_id, seq))', partition, partition || '_pkey');
        EXECUTE format('CREATE UNIQUE INDEX %I ON hub.%I (position)', partition || '_position', partition);
        EXECUTE format('REVOKE ALL ON hub.%I FROM consent_hub_app', partition);
        EXECUTE format('CREATE TRIGGER consent_event_no_truncate BEFORE TRUNCATE ON hub.%I
                          FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_timeline_change()', partition);
        IF starts IS NULL THEN
          EXECUTE format('ALTER TABLE hub.consent_event ATTACH PARTITION hub.%I DEFAULT', partition);
          RETURN;
        END IF;
        IF EXISTS (SELECT FROM hub.consent_event_default WHERE at >= starts AND at < ends) THEN
          LOCK TABLE hub.consent_event_default IN ACCESS EXCLUSIVE MODE;
          ALTER TABLE hub.consent_event_default DISABLE TRIGGER consent_event_append_only;
          EXECUTE format('WITH moved AS (DELETE FROM hub.consent_event_default WHERE at >= %L AND at < %L RETURNING *)
                          INSERT INTO hub.%I SELECT * FROM moved', starts, ends, partition);
          ALTER TABLE hub.consent_event_default ENABLE TRIGGER consent_event_append_only;
        END IF;
        EXECUTE format('ALTER TABLE hub.consent_event ATTACH PARTITION hub.%I FOR VALUES FROM (%L) TO (%L)',
                       partition, starts, ends);
        INSERT INTO hub.timeline_partition (name, starts_at, ends_at) VALUES (partition, starts, ends);
      END $$`;

/**
 * The partitions of this month, of the two to come, and of months that the default partition had to take, as far as they are
 * missing. A call that comes while another one adds them has nothing to do.
 *
 * @returns how many were added
 */
const ADD_PARTITIONS = `
      CREATE FUNCTION hub.add_timeline_partitions() RETURNS integer
      ${AS_OWNER} SET lock_timeout = '1s' AS $$
      DECLARE
        added integer := 0;
        begins timestamptz;
      BEGIN
        IF NOT pg_try_advisory_xact_lock(1795402120000) THEN RETURN 0; END IF;
        -- All months before the first is added: a query that is open would keep the default partition from being altered.
        FOREACH begins IN ARRAY ARRAY(
          SELECT month FROM (
            SELECT date_trunc('month', now()) + make_interval(months => ahead) AS month FROM generate_series(0, 2) AS ahead
            UNION SELECT DISTINCT date_trunc('month', at) FROM hub.consent_event_default
          ) needed
           WHERE NOT EXISTS (SELECT FROM hub.timeline_partition p
                              WHERE coalesce(p.starts_at, '-infinity') <= month AND month < p.ends_at)
           ORDER BY month)
        LOOP
          PERFORM hub.add_timeline_partition('consent_event_' || to_char(begins, 'YYYY_MM'), begins, begins + interval '1 month');
          added := added + 1;
        END LOOP;
        RETURN added;
      END $$`;
