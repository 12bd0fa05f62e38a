import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { ConsentEntity } from '../consent.entity.js';
import { TokenSetEntity } from '../token-set.entity.js';
import type { AttentionReason } from './attention.js';
import type { SearchCriteria, SearchPosition } from './search-criteria.js';
import { PLAIN_PLANS, searchStatement } from './search-statement.js';

/** A consent as the search shows it. */
export interface FoundConsent {
  readonly consent: ConsentEntity;
  /** Why somebody should look at it; empty for most. */
  readonly attention: readonly AttentionReason[];
}

export interface SearchPage {
  readonly items: readonly FoundConsent[];
  /** Where the next page begins; null when this was the last one. */
  readonly next: SearchPosition | null;
}

interface FoundRow {
  readonly id: string;
  readonly created_at: string;
  readonly attention: AttentionReason[];
}

/** Pages of consents, newest first. */
@Injectable()
export class ConsentSearch {
  constructor(private readonly dataSource: DataSource) {}

  /** @param after where the page before ended */
  page(criteria: SearchCriteria, limit: number, after?: SearchPosition): Promise<SearchPage> {
    // One snapshot: what is shown of a consent is what it was found by.
    return this.dataSource.transaction('REPEATABLE READ', async (tx) => {
      const { text, values } = searchStatement(criteria, limit + 1, after);
      await tx.query(PLAIN_PLANS);
      const found = await tx.query<FoundRow[]>(text, [...values]);
      const shown = found.slice(0, limit);
      const ids = shown.map(({ id }) => id);
      const consents = new Map(
        (await tx.findBy(ConsentEntity, { id: In(ids) })).map((consent) => [consent.id, consent]),
      );
      const tokenSets = new Map(
        (await tx.findBy(TokenSetEntity, { consentId: In(ids) })).map((tokens) => [tokens.consentId, tokens]),
      );
      const items = shown.flatMap(({ id, attention }) => {
        const consent = consents.get(id);
        if (!consent) return [];
        consent.tokenSet = tokenSets.get(id) ?? null;
        return [{ consent, attention }];
      });
      const last = shown.at(-1);
      const next = last && found.length > limit ? { createdAt: last.created_at, id: last.id } : null;
      return { items, next };
    });
  }
}
