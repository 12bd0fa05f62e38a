import { Injectable } from '@nestjs/common';
import {
  ApiClientNames,
  ConsentSearch,
  type ConsentCountUpTo,
  type FoundConsent,
  type SearchCriteria,
} from '@consent-hub/consent';
import { INVALID_INPUT, Problem, type Caller, type ProblemKind } from '@consent-hub/platform';
import { readCursor, writeCursor, type CursorFault } from './search-cursor.js';
import type { SearchConsentsRequest } from './search-consents.request.js';

export interface FoundPage {
  readonly items: readonly FoundConsent[];
  readonly nextCursor: string | null;
  /** Null when it was not requested. */
  readonly count: ConsentCountUpTo | null;
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
      'The cursor belongs to other filters or another order. Repeat those that it was given for, or begin without a cursor.',
  },
};

export const FOREIGN_CLIENT: ProblemKind = {
  status: 403,
  code: 'foreign_client',
  detail: 'Only an admin may search what other API clients opened.',
};

/** Searches among the consents that a caller may see: an admin all, others what they opened. */
@Injectable()
export class ConsentSearchService {
  constructor(
    private readonly search: ConsentSearch,
    private readonly clients: ApiClientNames,
  ) {}

  /** @throws Problem `invalid_input`, `foreign_client`, `cursor_invalid`, `cursor_of_another_search` */
  async find(caller: Caller, request: SearchConsentsRequest): Promise<FoundPage> {
    if (caller.permissions.has('admin')) return this.findAny(request);
    const { client } = request;
    if (client !== undefined && client !== caller.name && client.toLowerCase() !== caller.id)
      throw new Problem(FOREIGN_CLIENT);
    return this.page({ ...toCriteria(request), openedBy: caller.id }, request);
  }

  /**
   * For an admin or the operator, who see all.
   *
   * @throws Problem `invalid_input`, `cursor_invalid`, `cursor_of_another_search`
   */
  async findAny(request: SearchConsentsRequest): Promise<FoundPage> {
    const criteria = toCriteria(request);
    const { client } = request;
    if (client === undefined) return this.page(criteria, request);
    const openedBy = await this.clients.find(client);
    if (openedBy === null)
      throw invalid('client', 'must be the name or the id of an API client that there is');
    return this.page({ ...criteria, openedBy }, request);
  }

  private async page(
    criteria: SearchCriteria,
    { limit, cursor, count: counts }: SearchConsentsRequest,
  ): Promise<FoundPage> {
    const after = cursor === undefined ? undefined : readCursor(criteria, cursor);
    if (typeof after === 'string') throw new Problem(CURSOR_PROBLEMS[after]);
    const { items, next, count } = await this.search.page(criteria, limit, after, counts);
    return { items, nextCursor: next && writeCursor(criteria, next), count };
  }
}

/**
 * All but the client, whose id only the database knows.
 *
 * @throws Problem `invalid_input` for a time that ends before it begins
 */
export function toCriteria(request: SearchConsentsRequest): SearchCriteria {
  const { state, state_reason, scope, brand, psu_ref, iban, expires_before, needs_attention } = request;
  const { created_from, created_to, ended_from, ended_to } = request;
  if (created_from && created_to && created_from >= created_to)
    throw invalid('created_to', 'must be later than created_from');
  if (ended_from && ended_to && ended_from >= ended_to)
    throw invalid('ended_to', 'must be later than ended_from');
  const order = request.order ?? (ended_from || ended_to ? 'ended_at' : 'created_at');
  return {
    ...(state && { states: state }),
    ...(state_reason !== undefined && { stateReason: state_reason }),
    ...(scope !== undefined && { scope }),
    ...(brand !== undefined && { brand }),
    ...(psu_ref !== undefined && { psuRef: psu_ref }),
    ...(iban !== undefined && { iban }),
    ...(created_from && { createdFrom: created_from }),
    ...(created_to && { createdTo: created_to }),
    ...(ended_from && { endedFrom: ended_from }),
    ...(ended_to && { endedTo: ended_to }),
    ...(expires_before && { expiresBefore: expires_before }),
    ...(needs_attention !== undefined && { needsAttention: needs_attention }),
    // The usual order is left out: cursors that were given before there were others keep working.
    ...(order !== 'created_at' && { order }),
  };
}

const invalid = (field: string, detail: string): Problem =>
  new Problem({
    ...INVALID_INPUT,
    detail: `One value of the request cannot be accepted: ${field}.`,
    errors: [{ field, detail }],
  });
