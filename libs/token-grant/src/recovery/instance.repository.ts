import { Injectable } from '@nestjs/common';
import { runNamed, type NamedStatement } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import { SERVER_RUN } from '../request/reservation.statements.js';

/** A row of `hub.instance`: one process of the hub. */
export interface InstanceRow {
  /** The process's name in the journal; no two processes ever share one. */
  readonly owner: string;
  /** The instance's name, `HUB_INSTANCE`; empty once the process has ended in order. */
  readonly name: string;
  /** The run of the machine's kernel. */
  readonly machine: string;
  readonly spool_dir: string;
  /** Device and inode of the spool directory; null where the process does not listen there. */
  readonly spool_id: string | null;
  /** Keys of the vault that it can open values with. */
  readonly key_ids: string[];
  /** Answers in its spool directory by the key that has sealed them. */
  readonly spooled_by_key: Readonly<Record<string, number>>;
  /** The server run that it has compared its spool with last; null: none yet, and it has spent nothing. */
  readonly confirmed_run: string | null;
  /** System identifier of the server that it has confirmed. */
  readonly system: string | null;
}

/** With its heartbeat, as it was read. */
export interface ObservedInstance extends InstanceRow {
  readonly beat: string;
}

/** The server that a heartbeat ran on. */
export interface ServerReading {
  /** Start of the server, distinguishes its runs. */
  readonly run: string;
  /** The server's clock, milliseconds since 1970. */
  readonly now_ms: number;
  /** Bytes of write-ahead log so far. */
  readonly wal_bytes: number;
}

type BeatRow = ServerReading & (ObservedInstance | { readonly owner: null });

const BEAT: NamedStatement = {
  name: 'instance_beat',
  text: `
  WITH own AS (
    INSERT INTO hub.instance AS i (owner, name, machine, spool_dir, spool_id, key_ids, confirmed_run, system,
                                     spooled_by_key)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (owner) DO UPDATE SET beat = i.beat + 1, name = excluded.name, spool_id = excluded.spool_id,
           key_ids = excluded.key_ids, confirmed_run = excluded.confirmed_run, system = excluded.system,
           spooled_by_key = excluded.spooled_by_key
  )
  SELECT ${SERVER_RUN} AS run, (1000 * extract(epoch FROM clock_timestamp()))::double precision AS now_ms,
         pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::double precision AS wal_bytes,
         other.owner, other.name, other.machine, other.spool_dir, other.spool_id, other.key_ids, other.beat,
         other.confirmed_run, other.system, other.spooled_by_key
    FROM (SELECT 1) AS once LEFT JOIN hub.instance other ON other.owner <> $1`,
};

const READ_RUN: NamedStatement = { name: 'server_run', text: `SELECT ${SERVER_RUN} AS run` };

/** Table `instance`: which processes of the hub are at work. */
@Injectable()
export class InstanceRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Moves the heartbeat of a process and writes the rest of its row; reads those of all others. */
  async beat(own: InstanceRow): Promise<{ server: ServerReading; others: ObservedInstance[] }> {
    const rows = await runNamed<BeatRow>(this.dataSource, BEAT, [
      own.owner,
      own.name,
      own.machine,
      own.spool_dir,
      own.spool_id,
      own.key_ids,
      own.confirmed_run,
      own.system,
      JSON.stringify(own.spooled_by_key),
    ]);
    const [server] = rows;
    if (!server) throw new Error('a heartbeat reads at least one row');
    return { server, others: rows.filter((row): row is BeatRow & ObservedInstance => row.owner !== null) };
  }

  /** Which run of which server answers now. */
  async readRun(): Promise<string> {
    const [row] = await runNamed<{ run: string }>(this.dataSource, READ_RUN, []);
    if (!row) throw new Error('the server does not say when it was started');
    return row.run;
  }

  /** System identifier and timeline of the server; null where the role may not read them. */
  async readSystem(): Promise<string | null> {
    try {
      const [row] = await this.dataSource.query<{ system: string }[]>(
        `SELECT system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS system FROM pg_control_system()`,
      );
      return row?.system ?? null;
    } catch {
      return null;
    }
  }

  /** Writes rows that the server has lost in a failover, as they were known before; what those instances have spent since is unknown. */
  async enterAgain(rows: readonly InstanceRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.dataSource.query(
      `INSERT INTO hub.instance (owner, name, machine, spool_dir, spool_id, key_ids, confirmed_run, spooled_by_key)
       SELECT owner, name, machine, spool_dir, spool_id, key_ids, coalesce(confirmed_run, 'unknown'), spooled_by_key
         FROM jsonb_to_recordset($1::jsonb)
           AS given (owner text, name text, machine text, spool_dir text, spool_id text, key_ids text[], confirmed_run text,
                     spooled_by_key jsonb)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  /**
   * Answers in the spools of all processes that are known, those that have ended too, by the key that has sealed them. Processes
   * with one directory count the same answers.
   */
  async spooledByKey(): Promise<Map<string, number>> {
    const rows = await this.dataSource.query<{ key_id: string; count: number }[]>(
      `SELECT key_id, sum(count)::int AS count
         FROM (SELECT key AS key_id, max(value::int) AS count
                 FROM hub.instance, jsonb_each_text(spooled_by_key) GROUP BY machine, spool_dir, key) AS directory
        GROUP BY key_id`,
    );
    return new Map(rows.map(({ key_id: keyId, count }) => [keyId, count]));
  }

  /** A process that ends in order: another one may have its name. */
  async releaseName(owner: string): Promise<void> {
    await this.dataSource.query(`UPDATE hub.instance SET name = '' WHERE owner = $1`, [owner]);
  }

  /** Removes the row of a silent process, if it is still silent and no request of it is open. */
  async removeSilent({ owner, beat }: Pick<ObservedInstance, 'owner' | 'beat'>): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM hub.instance i WHERE owner = $1 AND beat = $2
          AND NOT EXISTS (SELECT FROM hub.token_request r WHERE r.owner = i.owner AND r.status = 'sent')`,
      [owner, beat],
    );
  }
}
