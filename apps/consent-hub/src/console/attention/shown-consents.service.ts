import { findConsents, type ConsentEntity } from '@consent-hub/consent';
import { TokenRequestSearch, type OpenTokenRequest } from '@consent-hub/token-grant';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A consent of the inbox. */
export interface ShownConsent {
  readonly consent: ConsentEntity;
  /** The call that is in doubt, or whose answer cannot be read. */
  readonly request: OpenTokenRequest | undefined;
}

/** Reads what the inbox shows of consents. */
@Injectable()
export class ShownConsentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly requests: TokenRequestSearch,
  ) {}

  async read(ids: readonly string[]): Promise<ReadonlyMap<string, ShownConsent>> {
    if (ids.length === 0) return new Map();
    const [consents, open] = await Promise.all([
      findConsents(this.dataSource.manager, ids),
      this.requests.openOf(ids),
    ]);
    const requests = new Map(open.map((request) => [request.consentId, request]));
    return new Map(consents.map((consent) => [consent.id, { consent, request: requests.get(consent.id) }]));
  }
}
