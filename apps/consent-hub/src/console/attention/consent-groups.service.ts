import {
  ApiClientNames,
  ATTENTION_REASONS,
  ConsentSearch,
  TimelineNews,
  TokenReadersQuery,
  type AttentionReason,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { AttentionNoteRepository, type AttentionNote } from './attention-note.repository.js';
import { acknowledged, coveringNote, notesOf, type NotesOf } from './noted.js';

/** So many consents of a cause are looked at one by one. */
export const MOST_EXAMINED = 1_000;

/** A consent that a person has acknowledged or put off. */
export interface NotedConsent {
  readonly consentId: string;
  readonly note: AttentionNote;
}

/** A service that reads tokens of consents of a group. */
export interface AffectedService {
  readonly name: string;
  readonly consents: number;
}

/** The consents of one cause, in the order in which they are to be looked at. */
export interface ConsentGroup {
  readonly reason: AttentionReason;
  /** Those that need a person. */
  readonly open: readonly string[];
  readonly noted: readonly NotedConsent[];
  /** Whether there are more than were looked at. */
  readonly hasMore: boolean;
  readonly affected: readonly AffectedService[];
}

/** Sorts what needs attention into what a person has seen and what not. */
@Injectable()
export class ConsentGroupsService {
  constructor(
    private readonly search: ConsentSearch,
    private readonly notes: AttentionNoteRepository,
    private readonly news: TimelineNews,
    private readonly readers: TokenReadersQuery,
    private readonly names: ApiClientNames,
  ) {}

  /** @param reasons those of which there are consents */
  async read(reasons: readonly AttentionReason[]): Promise<ConsentGroup[]> {
    const ids = await this.idsOf(reasons);
    const notes = await this.notes.read(ATTENTION_REASONS, ids);
    const [news, affected] = await Promise.all([this.newsOf(ids, notes), this.affectedOf(ids)]);
    const now = new Date();
    return [...ids].map(([reason, all]) => {
      const own = notesOf(reason, notes);
      const covered = all.map((id) => [id, coveringNote(id, own, { news, now })] as const);
      return {
        reason,
        open: covered.flatMap(([id, note]) => (note ? [] : [id])),
        noted: covered.flatMap(([consentId, note]) => (note ? [{ consentId, note }] : [])),
        hasMore: all.length === MOST_EXAMINED,
        affected: affected.get(reason) ?? [],
      };
    });
  }

  private async idsOf(
    reasons: readonly AttentionReason[],
  ): Promise<ReadonlyMap<AttentionReason, readonly string[]>> {
    const found = await Promise.all(
      reasons.map(async (reason) => {
        const order = reason === 'expiring' ? ({ order: 'consent_expires_at' } as const) : {};
        const criteria = { needsAttention: true, attentionReasons: [reason], ...order };
        return [reason, await this.search.ids(criteria, MOST_EXAMINED)] as const;
      }),
    );
    return new Map(found);
  }

  /** A consent may need attention for two reasons that were acknowledged at different times: it is asked for each. */
  private newsOf(
    ids: ReadonlyMap<AttentionReason, readonly string[]>,
    notes: readonly AttentionNote[],
  ): Promise<ReadonlySet<string>> {
    const byReason = new Map<AttentionReason, NotesOf>(
      [...ids.keys()].map((reason) => [reason, notesOf(reason, notes)]),
    );
    return this.news.since(
      [...byReason].flatMap(([reason, own]) => acknowledged(ids.get(reason) ?? [], own)),
    );
  }

  private async affectedOf(
    ids: ReadonlyMap<AttentionReason, readonly string[]>,
  ): Promise<ReadonlyMap<string, readonly AffectedService[]>> {
    const readers = await this.readers.ofGroups(ids);
    const names = await this.names.ofIds([...new Set(readers.map(({ apiClientId }) => apiClientId))]);
    const byGroup = new Map<string, AffectedService[]>();
    for (const { group, apiClientId, consents } of readers) {
      const service = { name: names.get(apiClientId) ?? apiClientId, consents };
      byGroup.set(group, [...(byGroup.get(group) ?? []), service]);
    }
    return byGroup;
  }
}
