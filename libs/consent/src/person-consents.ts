import { Injectable } from '@nestjs/common';
import type { Brand, Language, Scope } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { LIVE_STATES_SQL, type ConsentState } from './domain/consent-state.js';
import type { Actor, EventData, StateReason } from './domain/transition.js';
import { IS_IN_DOUBT } from './request-conditions.js';

/** A person as one API client knows them: another client's consents of the same name are not theirs to see. */
export interface ClientsPerson {
  readonly psuRef: string;
  readonly apiClientId: string;
}

/** What a person may read of a consent. */
export interface PersonConsent {
  readonly id: string;
  readonly brand: Brand;
  readonly scope: Scope;
  readonly purpose: string | null;
  readonly language: Language | null;
  readonly state: ConsentState;
  readonly stateReason: StateReason | null;
  readonly createdAt: Date;
  readonly authorizedAt: Date | null;
  readonly activatedAt: Date | null;
  readonly endedAt: Date | null;
  readonly consentExpiresAt: Date | null;
  /** When an access token was last handed out, to the batch. */
  readonly lastUsedAt: Date | null;
  /** An answer of the bank was lost; the hub is finding out whether the access still works. */
  readonly isInDoubt: boolean;
  /** False while the bank has not returned the accounts of a live AIS consent. */
  readonly areAccountsKnown: boolean;
  /** IBANs of the accounts, each once; in order. */
  readonly ibans: readonly string[];
}

/** One entry of a timeline that means something to a person. */
export interface PersonEvent {
  readonly at: Date;
  readonly type: string;
  readonly from: ConsentState | null;
  readonly to: ConsentState | null;
  readonly reason: StateReason | null;
  readonly actor: Actor;
  readonly data: EventData;
  /** The consent took over from another one. */
  readonly isOfRenewal: boolean;
}

/** Finds what any of these fit. */
export interface PersonSearchWord {
  readonly brands: readonly Brand[];
  readonly scopes: readonly Scope[];
  /** Part of the purpose, in any case. */
  readonly text: string;
}

export interface PersonSearch {
  /** All of them must fit. */
  readonly words?: readonly PersonSearchWord[];
  /** Id of the consent with which the page before ended. */
  readonly after?: string;
  readonly limit: number;
}

const COLUMNS = `
  c.id, c.brand, c.scope, c.purpose, c.language, c.state, c.state_reason AS "stateReason", c.created_at AS "createdAt",
  c.authorized_at AS "authorizedAt", c.activated_at AS "activatedAt", c.ended_at AS "endedAt",
  c.consent_expires_at AS "consentExpiresAt", c.accounts_due_at IS NULL AS "areAccountsKnown",
  (SELECT max(u.last_used_at) FROM hub.token_use u WHERE u.consent_id = c.id) AS "lastUsedAt",
  ${IS_IN_DOUBT('c.id')} AS "isInDoubt",
  CASE WHEN c.iban IS NOT NULL THEN ARRAY[c.iban] ELSE coalesce(
    (SELECT array_agg(DISTINCT a.iban ORDER BY a.iban) FROM hub.consent_account a WHERE a.consent_id = c.id), '{}'
  ) END AS ibans`;

/** The index of persons holds their consents in this order; few bear one name. */
const OF_PERSON = `c.psu_ref = $1 AND c.opened_by = $2`;
const NEWEST_FIRST = `ORDER BY c.created_at DESC, c.id DESC`;

const CONNECTED = `(c.state = 'authorized' OR c.state IN (${LIVE_STATES_SQL}))`;
/** A link that was never followed to its end has shared nothing. */
const ENDED = `c.ended_at IS NOT NULL AND c.activated_at IS NOT NULL`;

/** So far a consent is followed to those that it took over from. */
const MOST_RENEWALS = 40;
const MOST_EVENTS = 200;

const HISTORY = `
  WITH RECURSIVE line AS (
    SELECT c.id, 0 AS depth FROM hub.consent c WHERE c.id = $3 AND ${OF_PERSON}
    UNION ALL
    SELECT c.id, line.depth + 1 FROM line JOIN hub.consent c ON c.superseded_by = line.id
     WHERE ${OF_PERSON} AND line.depth < ${MOST_RENEWALS}
  )
  SELECT e.at, e.type, e.from_state AS from, e.to_state AS to, e.reason, e.actor, e.data,
         EXISTS (SELECT FROM line older WHERE older.depth > line.depth) AS "isOfRenewal"
    FROM line JOIN hub.consent_event e ON e.consent_id = line.id
   WHERE e.at > now() - interval '2 years'
     AND (e.type IN ('opened', 'accounts_listed', 'expires_soon', 'sca_token_received')
       OR e.type = 'state_changed' AND (e.to_state <> 'refreshed' OR e.from_state = 'failed')
         AND (e.to_state <> 'superseded' OR line.depth = 0))
   ORDER BY e.at DESC, line.depth, e.seq DESC LIMIT ${MOST_EVENTS}`;

/** The consents of a person, for the person. */
@Injectable()
export class PersonConsents {
  constructor(private readonly dataSource: DataSource) {}

  /** What is shared now, or about to be; newest first. At most one a brand and scope is live. */
  connected(person: ClientsPerson, search: PersonSearch): Promise<PersonConsent[]> {
    return this.page(person, CONNECTED, search);
  }

  /** What was shared once, newest first. */
  ended(person: ClientsPerson, search: PersonSearch): Promise<PersonConsent[]> {
    return this.page(person, ENDED, search);
  }

  /** Up to `limit`. */
  async count({ psuRef, apiClientId }: ClientsPerson, limit: number): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::integer AS count FROM (
         SELECT FROM hub.consent c WHERE ${OF_PERSON} AND (${CONNECTED} OR ${ENDED}) LIMIT $3) counted`,
      [psuRef, apiClientId, limit],
    );
    return row?.count ?? 0;
  }

  /** @returns null for a consent of another person, or of another client, as for one that does not exist */
  async find({ psuRef, apiClientId }: ClientsPerson, id: string): Promise<PersonConsent | null> {
    const [row] = await this.dataSource.query<PersonConsent[]>(
      `SELECT ${COLUMNS} FROM hub.consent c WHERE ${OF_PERSON} AND c.id = $3`,
      [psuRef, apiClientId, id],
    );
    return row ?? null;
  }

  /** The consent from which this one took over. */
  async findPredecessor({ psuRef, apiClientId }: ClientsPerson, id: string): Promise<PersonConsent | null> {
    const [row] = await this.dataSource.query<PersonConsent[]>(
      `SELECT ${COLUMNS} FROM hub.consent c WHERE ${OF_PERSON} AND c.superseded_by = $3 LIMIT 1`,
      [psuRef, apiClientId, id],
    );
    return row ?? null;
  }

  /** What happened in two years to a consent and to those that it took over from, latest first; refreshes are left out. */
  history({ psuRef, apiClientId }: ClientsPerson, id: string): Promise<PersonEvent[]> {
    return this.dataSource.query<PersonEvent[]>(HISTORY, [psuRef, apiClientId, id]);
  }

  private page(
    { psuRef, apiClientId }: ClientsPerson,
    which: string,
    { words = [], after, limit }: PersonSearch,
  ): Promise<PersonConsent[]> {
    const values: unknown[] = [psuRef, apiClientId];
    const value = (one: unknown): string => `$${values.push(one)}`;
    const conditions = [OF_PERSON, which, ...words.map((word) => fits(word, value))];
    if (after !== undefined) {
      conditions.push(`(c.created_at, c.id) < (
        SELECT p.created_at, p.id FROM hub.consent p WHERE p.id = ${value(after)} AND p.psu_ref = $1)`);
    }
    return this.dataSource.query<PersonConsent[]>(
      `SELECT ${COLUMNS} FROM hub.consent c WHERE ${conditions.join(' AND ')} ${NEWEST_FIRST} LIMIT ${value(limit)}`,
      values,
    );
  }
}

/** An account is found by what the person sees of it: its last four characters. */
function fits({ brands, scopes, text }: PersonSearchWord, value: (one: unknown) => string): string {
  const part = value(text.toLowerCase());
  const shows = (iban: string): string => `strpos(lower(right(${iban}, 4)), ${part}) > 0`;
  return `(c.brand = ANY (${value(brands)}::text[]) OR c.scope = ANY (${value(scopes)}::text[])
    OR strpos(lower(c.purpose), ${part}) > 0 OR ${shows('c.iban')}
    OR EXISTS (SELECT FROM hub.consent_account a WHERE a.consent_id = c.id AND ${shows('a.iban')}))`;
}
