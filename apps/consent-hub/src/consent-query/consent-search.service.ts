import { Injectable } from '@nestjs/common';
import { ConsentSearch, type FoundConsent, type SearchCriteria } from '@consent-hub/consent';
import { INVALID_INPUT, Problem, type Caller, type ProblemKind } from '@consent-hub/platform';
import { readCursor, writeCursor, type CursorFault } from './search-cursor.js';
import type { SearchConsentsRequest } from './search-consents.request.js';

export interface FoundPage {
  readonly items: readonly FoundConsent[];
  readonly nextCursor: string | null;
}

export const CURSOR_PROBLEMS: Record<CursorFault, ProblemKind> = {
  malformed: {
    status: 400,
    code: 'cursor_invalid',
    detail: 'The cursor is not one of this API. Take next_cursor as it was given, or begin without a cursor.',
  },
  of_another_search: {
    status: 400,
    code: 'cursor_of_another_search',
    detail:
      'The cursor belongs to other filters. Repeat those that it was given for, or begin without a cursor.',
  },
};

/** Searches among the consents that a caller may see: an admin all, others what they opened. */
@Injectable()
export class ConsentSearchService {
  constructor(private readonly search: ConsentSearch) {}

  /** @throws Problem `invalid_input`, `cursor_invalid`, `cursor_of_another_search` */
  async find(caller: Caller, request: SearchConsentsRequest): Promise<FoundPage> {
    const criteria = toCriteria(request);
    return this.page(
      caller.permissions.has('admin') ? criteria : { ...criteria, openedBy: caller.id },
      request,
    );
  }

  /** For the operator, who sees all. */
  async page(
    criteria: SearchCriteria,
    { limit, cursor }: Pick<SearchConsentsRequest, 'limit' | 'cursor'>,
  ): Promise<FoundPage> {
    const after = cursor === undefined ? undefined : readCursor(criteria, cursor);
    if (typeof after === 'string') throw new Problem(CURSOR_PROBLEMS[after]);
    const { items, next } = await this.search.page(criteria, limit, after);
    return { items, nextCursor: next && writeCursor(criteria, next) };
  }
}

/** @throws Problem `invalid_input` for a time that ends before it begins */
export function toCriteria(request: SearchConsentsRequest): SearchCriteria {
  const { state, scope, brand, psu_ref, iban, created_from, created_to, expires_before, needs_attention } =
    request;
  if (created_from && created_to && created_from >= created_to) {
    throw new Problem({
      ...INVALID_INPUT,
      detail: 'One value of the request cannot be accepted: created_to.',
      errors: [{ field: 'created_to', detail: 'must be later than created_from' }],
    });
  }
  return {
    ...(state && { states: state }),
    ...(scope !== undefined && { scope }),
    ...(brand !== undefined && { brand }),
    ...(psu_ref !== undefined && { psuRef: psu_ref }),
    ...(iban !== undefined && { iban }),
    ...(created_from && { createdFrom: created_from }),
    ...(created_to && { createdTo: created_to }),
    ...(expires_before && { expiresBefore: expires_before }),
    ...(needs_attention !== undefined && { needsAttention: needs_attention }),
  };
}
