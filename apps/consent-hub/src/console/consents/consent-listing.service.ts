import {
  ApiClientNames,
  ConsentRepository,
  ConsentSearch,
  type ConsentCountUpTo,
  type FoundConsent,
  type SearchCriteria,
  type SearchPosition,
} from '@consent-hub/consent';
import { TokenRequestSearch } from '@consent-hub/token-grant';
import { Injectable } from '@nestjs/common';
import { faultsOf, toCriteria, UUID, type ConsentFilter } from './consent-filter.js';

export const PER_PAGE = 50;
/** As many as one page of the search may hold. */
const PER_BATCH = 200;

export interface ConsentListing {
  readonly asOf: Date;
  readonly items: readonly FoundConsent[];
  readonly next: SearchPosition | null;
  readonly count: ConsentCountUpTo;
  /** Names of the API clients that opened them, by id. */
  readonly clients: ReadonlyMap<string, string>;
}

/** What is wrong with a filter, by the name of the field. */
export type FilterFaults = ReadonlyMap<string, string>;

/** Lists consents for people and exports them. */
@Injectable()
export class ConsentListingService {
  constructor(
    private readonly search: ConsentSearch,
    private readonly consents: ConsentRepository,
    private readonly names: ApiClientNames,
    private readonly requests: TokenRequestSearch,
  ) {}

  /** The id of the consent that the search box names, by its own id or by the Request-ID of a call; null where it names none. */
  async idOf({ q }: ConsentFilter): Promise<string | null> {
    if (!UUID.test(q)) return null;
    const id = q.toLowerCase();
    return (await this.consents.find(id))?.id ?? this.requests.consentOf(id);
  }

  async page(filter: ConsentFilter, after: SearchPosition | null): Promise<ConsentListing | FilterFaults> {
    const criteria = await this.criteria(filter);
    if (criteria instanceof Map) return criteria as FilterFaults;
    const asOf = new Date();
    const { items, next, count } = await this.search.page(
      criteria as SearchCriteria,
      PER_PAGE,
      after ?? undefined,
      true,
    );
    const clients = await this.names.ofIds(items.map(({ consent }) => consent.openedBy));
    return { asOf, items, next, count: count ?? { count: 0, isExact: true }, clients };
  }

  /** All that meet the filter, batch by batch. */
  async *all(criteria: SearchCriteria): AsyncGenerator<readonly FoundConsent[]> {
    let after: SearchPosition | undefined;
    do {
      const { items, next } = await this.search.page(criteria, PER_BATCH, after);
      yield items;
      after = next ?? undefined;
    } while (after);
  }

  async criteria(filter: ConsentFilter): Promise<SearchCriteria | FilterFaults> {
    const faults = faultsOf(filter);
    if (faults.size > 0) return faults;
    if (filter.client === '') return toCriteria(filter, undefined);
    const openedBy = await this.names.find(filter.client);
    return openedBy === null
      ? new Map([['client', 'There is no API client of this name or id.']])
      : toCriteria(filter, openedBy);
  }
}

export const isFaulty = (listing: object): listing is FilterFaults => listing instanceof Map;
