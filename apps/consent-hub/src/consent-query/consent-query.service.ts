import { Injectable } from '@nestjs/common';
import {
  ConsentRepository,
  VisibleConsents,
  type ConsentEntity,
  type ConsentEventEntity,
} from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import { TokenUsesQuery, type TokenUsesRow } from './token-uses.query.js';

/** Reads what a caller may see of its consents. */
@Injectable()
export class ConsentQueryService {
  constructor(
    private readonly visible: VisibleConsents,
    private readonly consents: ConsentRepository,
    private readonly uses: TokenUsesQuery,
  ) {}

  /** @throws ConsentError `consent_not_found` */
  get(caller: Caller, id: string): Promise<ConsentEntity> {
    return this.visible.get(caller, id);
  }

  /** @throws ConsentError `consent_not_found` */
  async timeline(caller: Caller, id: string): Promise<ConsentEventEntity[]> {
    const { id: visibleId } = await this.visible.get(caller, id);
    return this.consents.events(visibleId);
  }

  /** @throws ConsentError `consent_not_found` */
  async tokenUses(caller: Caller, id: string): Promise<TokenUsesRow[]> {
    const { id: visibleId } = await this.visible.get(caller, id);
    return this.uses.of(visibleId);
  }
}
