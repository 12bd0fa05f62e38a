import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** The last entry of a timeline. */
export interface TimelineHead {
  readonly consentId: string;
  readonly seq: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

export interface HeadPage {
  readonly heads: readonly TimelineHead[];
  /** The id after which the next page begins; null when this was the last one. */
  readonly next: string | null;
}

/** An entry of a timeline that was noted outside the database. */
export interface NotedEntry {
  readonly consentId: string;
  readonly seq: number;
}

export interface RecomputedHash extends NotedEntry {
  /**
   * Hash of that entry, recomputed from the first entry on, hexadecimal; null when one up to it is missing. Where entries were dropped
   * with their month, from the hash of the last of these on: only the true one leads to a hash that was noted.
   */
  readonly hash: string | null;
  /** Number of the last entry that is there; 0: there is none. */
  readonly lastSeq: number;
  /** Number of the last entry that was dropped with its month; 0: none was. */
  readonly baseSeq: number;
}

/** So many entries are read in one go at most, but for those of the first timeline: some megabytes. */
const ENTRIES_AT_A_TIME = 20_000;

const FIRST_HEADS = `
  SELECT consent_id AS "consentId", seq, encode(hash, 'hex') AS hash FROM hub.consent_timeline
   ORDER BY consent_id LIMIT $1`;
const NEXT_HEADS = `
  SELECT consent_id AS "consentId", seq, encode(hash, 'hex') AS hash FROM hub.consent_timeline
   WHERE consent_id > $2 ORDER BY consent_id LIMIT $1`;

/** The input of the hashes; with it the last stored entry, and the last that was dropped. */
const ENTRIES = `
  SELECT asked.id AS consent_id, greatest(last.seq, base.seq) AS last_seq, base.seq AS base_seq,
         encode(base.hash, 'hex') AS base_hash, e.seq, e.type, e.from_state, e.to_state, e.reason, e.actor,
         to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, e.data::text AS data
    FROM unnest($1::uuid[], $2::integer[]) AS asked (id, seq)
    CROSS JOIN LATERAL (
      SELECT coalesce(max(seq), 0) AS seq FROM hub.consent_event WHERE consent_id = asked.id
    ) last
    LEFT JOIN hub.timeline_base base ON base.consent_id = asked.id
    LEFT JOIN hub.consent_event e ON e.consent_id = asked.id AND e.seq <= asked.seq
   ORDER BY asked.id, e.seq`;

interface EntryRow {
  readonly consent_id: string;
  readonly last_seq: number;
  readonly base_seq: number | null;
  readonly base_hash: string | null;
  /** Null, as all that follows, when the timeline has no entry. */
  readonly seq: number | null;
  readonly at: string;
  readonly type: string;
  readonly from_state: string | null;
  readonly to_state: string | null;
  readonly reason: string | null;
  readonly actor: string;
  readonly data: string;
}

/**
 * Heads of timelines, to be kept outside the database, and the present hashes of entries. The hashes are recomputed here from
 * the content of the entries: neither a stored hash nor the function of the database is trusted, for an administrator of the
 * database can change both.
 */
@Injectable()
export class TimelineHashes {
  constructor(private readonly dataSource: DataSource) {}

  /** @param after `next` of the page before */
  async heads(limit: number, after?: string): Promise<HeadPage> {
    const heads = await (after === undefined
      ? this.dataSource.query<TimelineHead[]>(FIRST_HEADS, [limit])
      : this.dataSource.query<TimelineHead[]>(NEXT_HEADS, [limit, after]));
    return { heads, next: heads.length === limit ? (heads.at(-1)?.consentId ?? null) : null };
  }

  /**
   * The present hashes of these entries, in their order. Fewer than requested, one at least, where too many entries precede them
   * in sum: call again for the rest.
   *
   * @param noted one of each consent
   */
  async recompute(noted: readonly NotedEntry[]): Promise<RecomputedHash[]> {
    const asked = withinLimit(noted);
    const rows = await this.dataSource.query<EntryRow[]>(ENTRIES, [
      asked.map(({ consentId }) => consentId),
      asked.map(({ seq }) => seq),
    ]);
    const chains = new Map<string, Chain>();
    for (const row of rows) {
      const chain = chains.get(row.consent_id) ?? new Chain(row);
      chains.set(row.consent_id, chain.add(row));
    }
    return asked.map(({ consentId, seq }) => {
      const chain = chains.get(consentId.toLowerCase());
      return {
        consentId,
        seq,
        // A base alone proves nothing: it is a stored hash.
        hash: chain?.seq === seq && seq > chain.baseSeq ? chain.hash : null,
        lastSeq: chain?.lastSeq ?? 0,
        baseSeq: chain?.baseSeq ?? 0,
      };
    });
  }
}

function withinLimit(noted: readonly NotedEntry[]): readonly NotedEntry[] {
  let entries = 0;
  const end = noted.findIndex(({ seq }, index) => (entries += seq) > ENTRIES_AT_A_TIME && index > 0);
  return end === -1 ? noted : noted.slice(0, end);
}

/** The entries of one timeline, in their order, as far as none is missing. */
class Chain {
  seq: number;
  hash: string | null;
  readonly lastSeq: number;
  readonly baseSeq: number;

  /** @param first of its entries, from which the chain begins; the base only where that one was dropped */
  constructor({ seq, last_seq, base_seq, base_hash }: EntryRow) {
    const isWhole = seq === 1;
    this.lastSeq = last_seq;
    this.baseSeq = isWhole ? 0 : (base_seq ?? 0);
    this.seq = this.baseSeq;
    this.hash = isWhole ? null : base_hash;
  }

  add(entry: EntryRow): this {
    if (entry.seq === this.seq + 1) {
      this.hash = hashOf(entry, this.hash);
      this.seq = entry.seq;
    }
    return this;
  }
}

/** The text that Postgres makes of the array in `hub.consent_event_hash`: its JSON differs from ours by the blank alone. */
function hashOf(entry: EntryRow, previousHash: string | null): string {
  const { consent_id, seq, at, type, from_state, to_state, reason, actor, data } = entry;
  const before = [consent_id, seq, at, type, from_state, to_state, reason, actor];
  const parts = [...before.map((part) => JSON.stringify(part)), data, JSON.stringify(previousHash)];
  return createHash('sha256')
    .update(`[${parts.join(', ')}]`, 'utf8')
    .digest('hex');
}
