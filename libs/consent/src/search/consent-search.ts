import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { ConsentEntity } from '../consent.entity.js';
import { TokenPairEntity } from '../token-pair.entity.js';
import type { AttentionReason } from './attention.js';
import type { SearchCriteria, SearchPosition } from './search-criteria.js';
import { PLAIN_PLANS } from './search-access.js';
import { countStatement, searchStatement } from './search-statement.js';

/** A consent as the search shows it. */
export interface FoundConsent {
  readonly consent: ConsentEntity;
  /** Why it needs attention; empty for most. */
  readonly attention: readonly AttentionReason[];
}

export interface SearchPage {
  readonly items: readonly FoundConsent[];
  /** Where the next page begins; null when this was the last one. */
  readonly next: SearchPosition | null;
  /** Count over all pages; null when it was not requested. */
  readonly count: ConsentCountUpTo | null;
}

/** How many consents meet the criteria. */
export interface ConsentCountUpTo {
  readonly count: number;
  /** False: there are more than these. */
  readonly isExact: boolean;
}

/** So far consents are counted. */
export const MOST_COUNTED = 10_000;

interface FoundRow {
  readonly id: string;
  readonly at: string;
  readonly attention: AttentionReason[];
}

/** Pages of consents, in the order that the criteria name. */
@Injectable()
export class ConsentSearch {
  constructor(private readonly dataSource: DataSource) {}

  /** How many meet each of the criteria, up to `MOST_COUNTED`, all at one moment. */
  counts(criteria: readonly SearchCriteria[]): Promise<ConsentCountUpTo[]> {
    return this.dataSource.transaction('REPEATABLE READ', async (tx) => {
      await tx.query(PLAIN_PLANS);
      const counts: ConsentCountUpTo[] = [];
      for (const one of criteria) counts.push(await countIn(tx, one));
      return counts;
    });
  }

  /** The ids of the first that meet the criteria, in the order of the search. */
  ids(criteria: SearchCriteria, limit: number): Promise<string[]> {
    const { text, values } = searchStatement(criteria, limit);
    return this.dataSource.transaction(async (tx) => {
      await tx.query(PLAIN_PLANS);
      return (await tx.query<FoundRow[]>(text, [...values])).map(({ id }) => id);
    });
  }

  /**
   * @param after where the page before ended
   * @param counts whether to count all that meets the criteria, up to `MOST_COUNTED`
   */
  page(criteria: SearchCriteria, limit: number, after?: SearchPosition, counts = false): Promise<SearchPage> {
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
      const tokenPairs = new Map(
        (await tx.findBy(TokenPairEntity, { consentId: In(ids) })).map((tokens) => [
          tokens.consentId,
          tokens,
        ]),
      );
      const items = shown.flatMap(({ id, attention }) => {
        const consent = consents.get(id);
        if (!consent) return [];
        consent.tokenPair = tokenPairs.get(id) ?? null;
        return [{ consent, attention }];
      });
      const last = shown.at(-1);
      const next = last && found.length > limit ? { at: last.at, id: last.id } : null;
      return { items, next, count: counts ? await countIn(tx, criteria) : null };
    });
  }
}

async function countIn(tx: EntityManager, criteria: SearchCriteria): Promise<ConsentCountUpTo> {
  const { text, values } = countStatement(criteria, MOST_COUNTED + 1);
  const [row] = await tx.query<{ count: number }[]>(text, [...values]);
  const count = row?.count ?? 0;
  return { count: Math.min(count, MOST_COUNTED), isExact: count <= MOST_COUNTED };
}
