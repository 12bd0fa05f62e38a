import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { beginOf, endOf } from './month.js';

/** An entry as it leaves the hub: it proves itself. */
export interface ExportedEntry {
  readonly consentId: string;
  readonly seq: number;
  /** A JSON array, byte for byte what was hashed. */
  readonly entry: string;
  /** SHA-256 of it, hex. */
  readonly hash: string;
  /** Its place in the order of all entries; null: it was written before there was one. */
  readonly position: string | null;
}

/** Where the next page begins. */
export type ExportCursor = Pick<ExportedEntry, 'consentId' | 'seq'>;

/** What an export of a month came to. */
export interface ExportedMonth {
  /** `YYYY-MM` */
  readonly month: string;
  readonly entries: number;
  /** SHA-256 of the hashes of its entries in their order, hex. */
  readonly digest: string;
}

/** Relation of an exported entry to what the database has of its timeline. */
export type Junction = 'joined' | 'broken' | 'unknown';

/** $1 begin of the month, $2 its end, $3 how many, $4 and $5 after which entry */
const page = (after: string): string => `
  SELECT consent_id AS "consentId", seq, jsonb_build_array(
           consent_id, seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           type, from_state, to_state, reason, actor, data, encode(previous_hash, 'hex'))::text AS entry,
         encode(hash, 'hex') AS hash, position::text AS position
    FROM hub.consent_event WHERE at >= $1 AND at < $2 ${after}
   ORDER BY consent_id, seq LIMIT $3`;

const FIRST = page('');
const NEXT = page('AND (consent_id, seq) > ($4::uuid, $5::integer)');

/**
 * The last exported entry of each timeline is still there, or the base that was stored when it was dropped. If later entries
 * were dropped as well, only their export can show it.
 */
const JOIN = `
  SELECT CASE WHEN e.hash = asked.hash OR (base.seq = asked.seq AND base.hash = asked.hash) THEN 'joined'
              WHEN e.hash IS NULL AND base.seq > asked.seq THEN 'unknown'
              ELSE 'broken' END AS junction
    FROM unnest($1::uuid[], $2::integer[], $3::text[]) WITH ORDINALITY AS given (consent_id, seq, hash, nth)
    CROSS JOIN LATERAL (SELECT given.seq, decode(given.hash, 'hex') AS hash) asked
    LEFT JOIN LATERAL (
      SELECT hash FROM hub.consent_event WHERE consent_id = given.consent_id AND seq = given.seq LIMIT 1
    ) e ON true
    LEFT JOIN hub.timeline_base base ON base.consent_id = given.consent_id
   ORDER BY given.nth`;

/** Entries of whole months, for a copy outside the database. A past month does not change any more. */
@Injectable()
export class TimelineExports {
  constructor(private readonly dataSource: DataSource) {}

  /** Whether no entry of the month can come any more: a day later, for clocks that were set back. @param month `YYYY-MM` */
  async isOver(month: string): Promise<boolean> {
    const [row] = await this.dataSource.query<{ over: boolean }[]>(
      `SELECT now() > $1::timestamptz + interval '1 day' AS over`,
      [endOf(month)],
    );
    return row?.over ?? false;
  }

  /**
   * Some entries of a month, in the order of consents and numbers.
   *
   * @param month `YYYY-MM`
   * @param after the last entry of the page before
   */
  page(month: string, limit: number, after?: ExportCursor): Promise<ExportedEntry[]> {
    const values = [beginOf(month), endOf(month), limit];
    return after === undefined
      ? this.dataSource.query(FIRST, values)
      : this.dataSource.query(NEXT, [...values, after.consentId, after.seq]);
  }

  /** Notes that a month was exported whole; its last export counts. */
  async note({ month, entries, digest }: ExportedMonth): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO hub.timeline_export (month, entries, digest) VALUES ($1, $2, decode($3, 'hex'))
       ON CONFLICT (month) DO UPDATE SET entries = excluded.entries, digest = excluded.digest, exported_at = now()`,
      [beginOf(month), entries, digest],
    );
  }

  /** How exported entries stand to what is here, in their order: one a timeline, the last that was exported. */
  async junctions(entries: readonly (ExportCursor & Pick<ExportedEntry, 'hash'>)[]): Promise<Junction[]> {
    const rows = await this.dataSource.query<{ junction: Junction }[]>(JOIN, [
      entries.map(({ consentId }) => consentId),
      entries.map(({ seq }) => seq),
      entries.map(({ hash }) => hash),
    ]);
    return rows.map(({ junction }) => junction);
  }
}
