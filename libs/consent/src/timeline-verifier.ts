import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConsentError } from './consent-error.js';

/**
 * - `missing`: there is no entry of this number, and there are later ones
 * - `changed`: the entry is not the one whose hash it bears
 * - `unlinked`: it does not follow the entry before it; one of the two was written anew
 * - `cut_off`: the timeline once reached this number or a higher one
 * - `rewritten`: the last entry bears another hash than when it was written
 * - `unanchored`: nothing is known of how far the timeline went
 * - `ownerless`: the consent itself was removed
 */
export const TIMELINE_FAULTS = [
  'missing',
  'changed',
  'unlinked',
  'cut_off',
  'rewritten',
  'unanchored',
  'ownerless',
] as const;
export type TimelineFault = (typeof TIMELINE_FAULTS)[number];

/** The first entry of a timeline that is not as it was written. */
export interface BrokenTimeline {
  readonly consentId: string;
  readonly seq: number;
  readonly fault: TimelineFault;
}

/** What has been verified in one go. */
export interface VerifiedPage {
  readonly consents: number;
  readonly entries: number;
  readonly broken: readonly BrokenTimeline[];
  /** The id after which the next page begins; null when this was the last one. */
  readonly next: string | null;
}

interface PageRow {
  readonly consents: number;
  readonly entries: number;
  readonly last_id: string | null;
  readonly has_more: boolean;
  readonly broken: BrokenTimeline[] | null;
}

/** A page ends after so many entries, and the rest of its last timeline: a fraction of a second, of five that it may take. */
const ENTRIES_AT_A_TIME = 20_000;

/**
 * The hashes are computed where they were computed first, by the same function, in the same snapshot. A timeline whose oldest
 * entries were dropped begins at its base, which takes the place of its last dropped entry in the chain. Single entries before
 * it may be left: of a month that is later because a clock was set back, or whose partition will be dropped next.
 */
const verify = (part: string, hasMore: string): string => `
  WITH ${part}, link AS MATERIALIZED (
    SELECT e.consent_id, e.seq, e.hash, e.previous_hash, hub.consent_event_hash(e) AS computed, coalesce(base.seq, 0) AS base,
           true AS is_entry
      FROM part JOIN hub.consent_event e ON e.consent_id = part.id
      LEFT JOIN hub.timeline_base base ON base.consent_id = part.id
    UNION ALL
    SELECT base.consent_id, base.seq, base.hash, NULL, NULL, base.seq, false
      FROM part JOIN hub.timeline_base base ON base.consent_id = part.id
     WHERE NOT EXISTS (SELECT FROM hub.consent_event e WHERE e.consent_id = base.consent_id AND e.seq = base.seq)
  ), entry AS MATERIALIZED (
    SELECT link.*, lag(seq, 1, 0) OVER chain AS seq_before, lag(hash) OVER chain AS hash_before
      FROM link WINDOW chain AS (PARTITION BY consent_id ORDER BY seq)
  ), last AS (
    SELECT DISTINCT ON (consent_id) consent_id, seq, hash FROM entry ORDER BY consent_id, seq DESC
  ), fault AS (
    SELECT consent_id, CASE WHEN seq > seq_before + 1 AND seq_before >= base THEN seq_before + 1 ELSE seq END AS seq,
           CASE WHEN seq > seq_before + 1 AND seq_before >= base THEN 'missing'
                WHEN hash <> computed THEN 'changed'
                WHEN seq <= seq_before + 1 AND previous_hash IS DISTINCT FROM hash_before THEN 'unlinked' END AS fault
      FROM entry WHERE is_entry
    UNION ALL
    SELECT part.id, CASE WHEN head.seq = last.seq THEN last.seq
                         ELSE least(coalesce(head.seq, 0), coalesce(last.seq, 0)) + 1 END,
           CASE WHEN head.seq IS NULL OR head.seq < last.seq THEN 'unanchored'
                WHEN last.seq IS NULL OR head.seq > last.seq THEN 'cut_off'
                WHEN head.hash <> last.hash THEN 'rewritten' END
      FROM part
      LEFT JOIN hub.consent_timeline head ON head.consent_id = part.id
      LEFT JOIN last ON last.consent_id = part.id
    UNION ALL
    SELECT part.id, 1, 'ownerless' FROM part WHERE NOT EXISTS (SELECT FROM hub.consent c WHERE c.id = part.id)
  ), broken AS (
    SELECT DISTINCT ON (consent_id) consent_id, seq, fault FROM fault WHERE fault IS NOT NULL
     ORDER BY consent_id, fault <> 'ownerless', seq
  )
  SELECT (SELECT count(*)::int FROM part) AS consents, (SELECT count(*)::int FROM entry WHERE is_entry) AS entries,
         (SELECT id FROM part ORDER BY id DESC LIMIT 1) AS last_id, ${hasMore} AS has_more,
         (SELECT json_agg(json_build_object('consentId', consent_id, 'seq', seq, 'fault', fault) ORDER BY consent_id)
            FROM broken) AS broken`;

/** All tables that name a consent: a consent of which only the row was removed is found by its timeline. */
const ONE = verify(
  `part AS MATERIALIZED (
    SELECT id FROM hub.consent WHERE id = $1
    UNION SELECT consent_id FROM hub.consent_timeline WHERE consent_id = $1
    UNION SELECT consent_id FROM hub.consent_event WHERE consent_id = $1
    UNION SELECT consent_id FROM hub.timeline_base WHERE consent_id = $1
  )`,
  'false',
);

/**
 * The next traces in the order of ids, $1 at most, and none beyond the next $2 entries: beyond those, entries were not read
 * yet.
 */
const page = (isNext: (id: string) => string): string =>
  verify(
    `ahead AS MATERIALIZED (
      SELECT consent_id FROM hub.consent_event ${isNext('consent_id')} ORDER BY consent_id, seq LIMIT $2
    ), edge AS MATERIALIZED (
      SELECT consent_id AS id FROM ahead ORDER BY consent_id OFFSET $2 - 1 LIMIT 1
    ), trace AS MATERIALIZED (
      SELECT id FROM (
        (SELECT id FROM hub.consent ${isNext('id')} ORDER BY id LIMIT $1)
        UNION (SELECT consent_id FROM hub.consent_timeline ${isNext('consent_id')} ORDER BY consent_id LIMIT $1)
        UNION (SELECT consent_id FROM hub.timeline_base ${isNext('consent_id')} ORDER BY consent_id LIMIT $1)
        UNION (SELECT consent_id FROM ahead)
      ) found ORDER BY id LIMIT $1
    ), part AS MATERIALIZED (
      SELECT id FROM trace WHERE NOT EXISTS (SELECT FROM edge WHERE edge.id < trace.id)
    )`,
    '((SELECT count(*) FROM trace) = $1 OR EXISTS (SELECT FROM edge))',
  );

const FIRST = page(() => '');
const NEXT = page((id) => `WHERE ${id} > $3`);

/** Recomputes the hash chains of timelines and finds what was changed, taken out, put in or cut off. */
@Injectable()
export class TimelineVerifier {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws ConsentError `consent_not_found` */
  async one(consentId: string): Promise<VerifiedPage> {
    const found = await this.run(ONE, [consentId]);
    if (found.consents === 0) throw new ConsentError('consent_not_found', { consentId });
    return found;
  }

  /**
   * Some of all there are, oldest first. One statement, bounded in what it reads, and no lock.
   *
   * @param consents how many timelines at most
   * @param after `next` of the page before
   * @param entries after how many a page ends
   */
  page(consents: number, after?: string, entries = ENTRIES_AT_A_TIME): Promise<VerifiedPage> {
    return after === undefined
      ? this.run(FIRST, [consents, entries])
      : this.run(NEXT, [consents, entries, after]);
  }

  private async run(statement: string, values: readonly unknown[]): Promise<VerifiedPage> {
    const [row] = await this.dataSource.query<PageRow[]>(statement, [...values]);
    if (!row) throw new Error('the verification answered nothing');
    const { consents, entries, broken, has_more: hasMore, last_id: lastId } = row;
    return { consents, entries, broken: broken ?? [], next: hasMore ? lastId : null };
  }
}
