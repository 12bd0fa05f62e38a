import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConsentError } from './consent-error.js';

/**
 * - `missing`: there is no entry of this number, and there are later ones
 * - `changed`: the entry is not the one whose hash it bears
 * - `unlinked`: it does not follow the entry before it; one of the two was written anew
 * - `cut_off`: the timeline once went on to this number and beyond
 * - `rewritten`: the last entry bears another hash than when it was written
 * - `unanchored`: nothing is known of how far the timeline went
 * - `ownerless`: the consent itself was removed
 */
export type TimelineFault =
  'missing' | 'changed' | 'unlinked' | 'cut_off' | 'rewritten' | 'unanchored' | 'ownerless';

/** The first entry of a timeline that is not as it was written. */
export interface BrokenTimeline {
  readonly consentId: string;
  readonly seq: number;
  readonly fault: TimelineFault;
}

/** What has been verified in one go. */
export interface VerifiedPart {
  readonly consents: number;
  readonly entries: number;
  readonly broken: readonly BrokenTimeline[];
}

interface PartRow {
  readonly consents: number;
  readonly entries: number;
  readonly last_id: string | null;
  readonly broken: BrokenTimeline[] | null;
}

const CONSENTS_AT_A_TIME = 1_000;

/** The hashes are computed where they were computed first, by the same function, of the same snapshot. */
const verify = (part: string): string => `
  WITH part AS MATERIALIZED (${part}), entry AS MATERIALIZED (
    SELECT e.consent_id, e.seq, e.hash, e.previous_hash, hub.consent_event_hash(e) AS computed,
           lag(e.seq, 1, 0) OVER chain AS seq_before, lag(e.hash) OVER chain AS hash_before
      FROM part JOIN hub.consent_event e ON e.consent_id = part.id
    WINDOW chain AS (PARTITION BY e.consent_id ORDER BY e.seq)
  ), last AS (
    SELECT DISTINCT ON (consent_id) consent_id, seq, hash FROM entry ORDER BY consent_id, seq DESC
  ), fault AS (
    SELECT consent_id, CASE WHEN seq > seq_before + 1 THEN seq_before + 1 ELSE seq END AS seq,
           CASE WHEN seq > seq_before + 1 THEN 'missing'
                WHEN hash <> computed THEN 'changed'
                WHEN previous_hash IS DISTINCT FROM hash_before THEN 'unlinked' END AS fault
      FROM entry
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
  SELECT (SELECT count(*)::int FROM part) AS consents, (SELECT count(*)::int FROM entry) AS entries,
         (SELECT id FROM part ORDER BY id DESC LIMIT 1) AS last_id,
         (SELECT json_agg(json_build_object('consentId', consent_id, 'seq', seq, 'fault', fault) ORDER BY consent_id)
            FROM broken) AS broken`;

/** Wherever a consent has left a trace: one whose row alone was removed is missed by its timeline. */
const traces = (rest: (id: string) => string): string => `
  (SELECT id FROM hub.consent ${rest('id')})
  UNION (SELECT consent_id FROM hub.consent_timeline ${rest('consent_id')})
  UNION (SELECT DISTINCT consent_id FROM hub.consent_event ${rest('consent_id')})`;

const ONE = verify(traces((id) => `WHERE ${id} = $1`));
const FIRST = verify(`${traces((id) => `ORDER BY ${id} LIMIT $1`)} ORDER BY id LIMIT $1`);
const NEXT = verify(`${traces((id) => `WHERE ${id} > $2 ORDER BY ${id} LIMIT $1`)} ORDER BY id LIMIT $1`);

/** Recomputes the hash chains of timelines and finds what was changed, taken out, put in or cut off. */
@Injectable()
export class TimelineVerifier {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws ConsentError `consent_not_found` */
  async one(consentId: string): Promise<VerifiedPart> {
    const row = await this.run(ONE, [consentId]);
    if (row.consents === 0) throw new ConsentError('consent_not_found', { consentId });
    return toPart(row);
  }

  /** All there are, oldest first, some at a time: no statement and no lock lasts long. */
  async *all(consentsAtATime = CONSENTS_AT_A_TIME): AsyncGenerator<VerifiedPart> {
    let row = await this.run(FIRST, [consentsAtATime]);
    while (row.last_id !== null) {
      yield toPart(row);
      row = await this.run(NEXT, [consentsAtATime, row.last_id]);
    }
  }

  private async run(statement: string, values: readonly unknown[]): Promise<PartRow> {
    const [row] = await this.dataSource.query<PartRow[]>(statement, [...values]);
    if (!row) throw new Error('the verification answered nothing');
    return row;
  }
}

const toPart = ({ consents, entries, broken }: PartRow): VerifiedPart => ({
  consents,
  entries,
  broken: broken ?? [],
});
