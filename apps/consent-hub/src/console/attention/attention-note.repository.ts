import { exactTime } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** The latest word of a person about something that needs attention. */
export interface AttentionNote {
  readonly cause: string;
  /** Null: about everything of the cause. */
  readonly consentId: string | null;
  /** What the cause was then, where it is one of the hub itself. */
  readonly seen: string | null;
  /** Null: acknowledged. */
  readonly snoozedUntil: Date | null;
  readonly at: Date;
  /** The same moment with its microseconds, ISO 8601 in UTC: what has happened to the consent until then is known. */
  readonly knownUntil: string;
  /** Of the person. */
  readonly name: string;
  readonly reason: string;
}

/** One that is about to be written. */
export type NewAttentionNote = Pick<AttentionNote, 'cause' | 'consentId' | 'seen' | 'snoozedUntil'> & {
  readonly actionId: string;
};

/** The moment is later than that of the entry in the timeline that was written before it: only what is later is news. */
const WRITE = `
  INSERT INTO hub.attention_note (cause, consent_id, seen, snoozed_until, admin_action_id) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT ON CONSTRAINT attention_note_item DO UPDATE
     SET seen = excluded.seen, snoozed_until = excluded.snoozed_until, at = clock_timestamp(),
         admin_action_id = excluded.admin_action_id`;

/** Those about whole causes, and those about single consents. $1 causes, $2 and $3 cause and consent */
const READ = `
  SELECT n.cause, n.consent_id AS "consentId", n.seen, n.snoozed_until AS "snoozedUntil", n.at,
         ${exactTime('n.at')} AS "knownUntil", a.name, a.reason
    FROM (
      SELECT * FROM hub.attention_note WHERE cause = ANY ($1::text[]) AND consent_id IS NULL
      UNION ALL
      SELECT o.* FROM unnest($2::text[], $3::uuid[]) AS given (cause, consent_id)
       CROSS JOIN LATERAL (
         SELECT * FROM hub.attention_note o WHERE o.cause = given.cause AND o.consent_id = given.consent_id OFFSET 0
       ) o
    ) n JOIN hub.admin_action a ON a.id = n.admin_action_id`;

/** What people have acknowledged or put off. */
@Injectable()
export class AttentionNoteRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes the place of an earlier note about the same. */
  async write(
    tx: EntityManager,
    { cause, consentId, seen, snoozedUntil, actionId }: NewAttentionNote,
  ): Promise<void> {
    await tx.query(WRITE, [cause, consentId, seen, snoozedUntil, actionId]);
  }

  /**
   * @param causes whose notes about everything are asked for
   * @param consents ids of consents by cause
   */
  read(
    causes: readonly string[],
    consents: ReadonlyMap<string, readonly string[]>,
  ): Promise<AttentionNote[]> {
    const items = [...consents].flatMap(([cause, ids]) => ids.map((id) => [cause, id] as const));
    return this.dataSource.query<AttentionNote[]>(READ, [
      causes,
      items.map(([cause]) => cause),
      items.map(([, id]) => id),
    ]);
  }
}
