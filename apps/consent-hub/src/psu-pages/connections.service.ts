import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  isLive,
  PersonConsents,
  type ClientsPerson,
  type PersonConsent,
  type PersonEvent,
} from '@consent-hub/consent';
import { isUUID } from 'class-validator';
import { PageRefusal } from './page-refusal.js';
import { missingAccounts, outcomeOf, type Outcome } from './outcome.js';
import { wordsOf } from './search-words.js';

/** More than any person has: at most one a brand and scope is live. */
const MOST_CONNECTED = 100;
const ENDED_PER_PAGE = 20;
const ENDED_WITH_CONNECTED = 3;
/** With more than these a search field helps. */
const MANY = 10;

/** The bank lists the accounts of a renewed access right after it was given; so long the page waits for them. */
const LOOKS_FOR_ACCOUNTS = 8;
const BETWEEN_LOOKS_MS = 250;

export interface ConnectionList {
  readonly connected: readonly PersonConsent[];
  readonly ended: EndedPage;
  /** There are many, or the person searches. */
  readonly isSearchable: boolean;
  readonly search: string;
}

export interface EndedPage {
  readonly items: readonly PersonConsent[];
  /** Where the next page begins; null: there is none. */
  readonly next: string | null;
}

export interface ConnectionDetail {
  readonly consent: PersonConsent;
  readonly history: readonly PersonEvent[];
}

export interface ReturnedRenewal {
  readonly consent: PersonConsent;
  readonly outcome: Outcome;
  /** IBANs that the consent before covered. */
  readonly missing: readonly string[];
}

/** What the pages of a person show. Consents of other people, and of other clients, do not exist here. */
@Injectable()
export class ConnectionsService {
  constructor(private readonly consents: PersonConsents) {}

  async list(person: ClientsPerson, search: string): Promise<ConnectionList> {
    const words = wordsOf(search);
    const isSearch = words.length > 0;
    const [connected, ended, count] = await Promise.all([
      this.consents.connected(person, { words, limit: MOST_CONNECTED }),
      this.endedPage(person, search, undefined, isSearch ? ENDED_PER_PAGE : ENDED_WITH_CONNECTED),
      this.consents.count(person, MANY + 1),
    ]);
    return { connected, ended, search, isSearchable: isSearch || count > MANY };
  }

  /** @param after id of the consent with which the page before ended */
  async ended(person: ClientsPerson, search: string, after: string | undefined): Promise<ConnectionList> {
    const [ended, count] = await Promise.all([
      this.endedPage(
        person,
        search,
        after !== undefined && isUUID(after) ? after : undefined,
        ENDED_PER_PAGE,
      ),
      this.consents.count(person, MANY + 1),
    ]);
    return { connected: [], ended, search, isSearchable: search !== '' || count > MANY };
  }

  /** @throws PageRefusal `not_found` */
  async get(person: ClientsPerson, id: string): Promise<PersonConsent> {
    const consent = isUUID(id) ? await this.consents.find(person, id) : null;
    if (!consent) throw new PageRefusal('not_found');
    return consent;
  }

  /** @throws PageRefusal `not_found` */
  async detail(person: ClientsPerson, id: string): Promise<ConnectionDetail> {
    const consent = await this.get(person, id);
    return { consent, history: await this.consents.history(person, consent.id) };
  }

  /** @throws PageRefusal `not_found` */
  async returned(person: ClientsPerson, id: string): Promise<ReturnedRenewal> {
    let consent = await this.get(person, id);
    for (let looks = 1; looks < LOOKS_FOR_ACCOUNTS && lacksAccounts(consent); looks++) {
      await delay(BETWEEN_LOOKS_MS);
      consent = await this.get(person, id);
    }
    const missing = missingAccounts(consent, await this.consents.findPredecessor(person, consent.id));
    return { consent, outcome: outcomeOf(consent, missing), missing };
  }

  private async endedPage(
    person: ClientsPerson,
    search: string,
    after: string | undefined,
    limit: number,
  ): Promise<EndedPage> {
    const found = await this.consents.ended(person, {
      words: wordsOf(search),
      limit: limit + 1,
      ...(after !== undefined && { after }),
    });
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }
}

const lacksAccounts = ({ state, areAccountsKnown }: PersonConsent): boolean =>
  isLive(state) && !areAccountsKnown;
