import {
  ConsentLineageQuery,
  TokenReadersQuery,
  type RelatedConsent,
  type TokenReader,
} from '@consent-hub/consent';
import { TokenRequestSearch, type FoundTokenRequest } from '@consent-hub/token-grant';
import { Injectable } from '@nestjs/common';

/** So many calls are shown; a consent that is refreshed all day has thousands. */
const SHOWN_CALLS = 50;

/** What a consent has to do with others: the bank, the API clients, the consents before and after. */
export interface ConsentRelations {
  /** Latest first. */
  readonly calls: readonly FoundTokenRequest[];
  readonly isAllCalls: boolean;
  readonly readers: readonly TokenReader[];
  readonly related: readonly RelatedConsent[];
}

@Injectable()
export class ConsentRelationsService {
  constructor(
    private readonly requests: TokenRequestSearch,
    private readonly readers: TokenReadersQuery,
    private readonly lineage: ConsentLineageQuery,
  ) {}

  async read(consentId: string): Promise<ConsentRelations> {
    const [calls, readers, related] = await Promise.all([
      this.requests.page({ consentId }, SHOWN_CALLS),
      this.readers.of(consentId),
      this.lineage.of(consentId),
    ]);
    return { calls: calls.items, isAllCalls: calls.next === null, readers, related };
  }
}
