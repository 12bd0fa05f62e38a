import { Injectable } from '@nestjs/common';
import {
  ApiClientNames,
  ConsentRepository,
  TokenReadersQuery,
  VisibleConsents,
  type ConsentEntity,
  type ConsentEventEntity,
  type TokenReader,
} from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import { clientIdOf } from './consent-event.view.js';

/** The timeline of a consent, and the names of the API clients in it, by id. */
export interface Timeline {
  readonly events: readonly ConsentEventEntity[];
  readonly clientNames: ReadonlyMap<string, string>;
}

/** The API clients that were handed tokens of a consent, and their names by id. */
export interface TokenUses {
  readonly readers: readonly TokenReader[];
  readonly clientNames: ReadonlyMap<string, string>;
}

/** Reads what a caller may see of its consents. */
@Injectable()
export class ConsentQueryService {
  constructor(
    private readonly visible: VisibleConsents,
    private readonly consents: ConsentRepository,
    private readonly readers: TokenReadersQuery,
    private readonly names: ApiClientNames,
  ) {}

  /** @throws ConsentError `consent_not_found` */
  get(caller: Caller, id: string): Promise<ConsentEntity> {
    return this.visible.get(caller, id);
  }

  /** @throws ConsentError `consent_not_found` */
  async timeline(caller: Caller, id: string): Promise<Timeline> {
    const { id: visibleId } = await this.visible.get(caller, id);
    const events = await this.consents.events(visibleId);
    const ids = events.map(({ actor }) => clientIdOf(actor)).filter((id) => id !== undefined);
    return { events, clientNames: await this.names.ofIds(ids) };
  }

  /** @throws ConsentError `consent_not_found` */
  async tokenUses(caller: Caller, id: string): Promise<TokenUses> {
    const { id: visibleId } = await this.visible.get(caller, id);
    const readers = await this.readers.of(visibleId);
    return { readers, clientNames: await this.names.ofIds(readers.map(({ apiClientId }) => apiClientId)) };
  }
}
