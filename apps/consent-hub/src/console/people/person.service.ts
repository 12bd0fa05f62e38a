import {
  ApiClientNames,
  ConsentRepository,
  ConsentSearch,
  PersonEraser,
  type ConsentEntity,
  type FoundConsent,
  type PersonsHoldings,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { ConsoleFailure, notFound } from '../access/console-failure.js';

/** Of one page; a person has few. */
const SHOWN = 200;

export const ERASED = new ConsoleFailure(
  409,
  'This person is erased already',
  'No consent bears the name any more. Nothing was changed.',
);

/** All consents that bear the name of a person, over all API clients. */
export interface PersonDetail {
  readonly asOf: Date;
  /** By which the page is addressed: the name of the person is in no address. */
  readonly consent: ConsentEntity;
  /** Newest first. */
  readonly found: readonly FoundConsent[];
  readonly holdings: PersonsHoldings;
  /** Names of API clients, by id. */
  readonly clients: ReadonlyMap<string, string>;
}

/** Finds a person by what the TPP calls them, and reads what is known. */
@Injectable()
export class PersonService {
  constructor(
    private readonly search: ConsentSearch,
    private readonly consents: ConsentRepository,
    private readonly eraser: PersonEraser,
    private readonly names: ApiClientNames,
  ) {}

  /** The newest consent that bears the name; null where there is none. */
  async consentOf(psuRef: string): Promise<string | null> {
    const { items } = await this.search.page({ psuRef }, 1);
    return items[0]?.consent.id ?? null;
  }

  /** @throws ConsoleFailure where there is no such consent */
  async read(consentId: string): Promise<PersonDetail> {
    const asOf = new Date();
    const consent = await this.consents.find(consentId);
    if (!consent) throw notFound('consent');
    const { psuRef } = consent;
    const [{ items: found }, holdings] = await Promise.all([
      this.search.page({ psuRef }, SHOWN),
      this.eraser.holdings(psuRef),
    ]);
    const clients = await this.names.ofIds(found.map(({ consent: { openedBy } }) => openedBy));
    return { asOf, consent, found, holdings, clients };
  }

  /** @throws ConsoleFailure where there is no such consent, or its person is erased */
  async readKnown(consentId: string): Promise<PersonDetail> {
    const detail = await this.read(consentId);
    if (detail.consent.erasedAt) throw ERASED;
    return detail;
  }
}
