import { Injectable } from '@nestjs/common';
import {
  IS_IN_DOUBT,
  JOIN_CONSENT,
  JOIN_LIVE_CONSENT,
  JOIN_PAIR,
  type ConsentState,
  type StateReason,
} from '@consent-hub/consent';
import {
  BatchedLookup,
  JointLookups,
  LookupPool,
  runNamed,
  spansOf,
  type LookupKind,
  type NamedStatement,
} from '@consent-hub/platform';
import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import type { Span } from '@opentelemetry/api';

/** The person whose token is requested, where the caller does not know the consent. */
export interface Person {
  readonly brand: Brand;
  readonly psuRef: string;
  readonly scope: Scope;
}

interface AskedPerson extends Person {
  readonly span: Span | undefined;
}

/** A consent and the pair it holds, still sealed. */
export interface TokenRow {
  readonly consentId: string;
  readonly scope: Scope;
  readonly state: ConsentState;
  readonly reason: StateReason | null;
  /** Null: there is no pair yet, or its values are destroyed. */
  readonly pair: SealedPair | null;
}

export interface SealedPair {
  readonly generation: number;
  readonly accessToken: Buffer;
  readonly expiresAt: Date;
  /** By the clock of Postgres; zero or less once it has expired. */
  readonly expiresInSeconds: number;
  /** Since the pair was asked for at the bank, by the clock of Postgres. */
  readonly ageSeconds: number;
  readonly logicalId: string | null;
  /** The answer to its refresh was lost: the bank may already have replaced it. */
  readonly isInDoubt: boolean;
}

interface SelectedRow {
  id: string;
  scope: Scope;
  state: ConsentState;
  state_reason: StateReason | null;
  generation: number | null;
  access_token: Buffer | null;
  access_expires_at: Date | null;
  expires_in: number | null;
  age: number | null;
  logical_id: string | null;
  in_doubt: boolean;
}

interface PersonRow extends SelectedRow {
  brand: Brand;
  psu_ref: string;
}

const COLUMNS = `
         c.id, c.scope, c.state, c.state_reason,
         t.generation, t.access_token, t.access_expires_at, t.logical_id,
         floor(date_part('epoch', t.access_expires_at - now()))::integer AS expires_in,
         floor(date_part('epoch', now() - t.issued_at))::integer AS age,
         ${IS_IN_DOUBT('c.id')} AS in_doubt`;

const BY_CONSENT: LookupKind = {
  key: 'id',
  select: (ids) => `
  SELECT ${COLUMNS}
    FROM unnest(${ids}) AS asked (id)
    ${JOIN_CONSENT('asked.id::uuid')}
    LEFT ${JOIN_PAIR('c.id')}`,
};

/** The token of the live consent of each person, of which there is at most one. */
const BY_PERSON: NamedStatement = {
  name: 'tokens-of-persons',
  text: `
  SELECT c.brand, c.psu_ref, ${COLUMNS}
    FROM unnest($1::text[], $2::text[], $3::text[]) AS asked (brand, psu_ref, scope)
    ${JOIN_LIVE_CONSENT('asked')}
    LEFT ${JOIN_PAIR('c.id')}`,
};

/**
 * The read behind every access token that is handed out: those of many callers in one statement, no entity, since mapping one
 * would cost several times the statement itself and this is the hottest path there is. What a caller may see of it is decided
 * for each caller, later; nothing here is opened.
 */
@Injectable()
export class AccessTokenQuery {
  private readonly findByConsent: (id: string, span?: Span) => Promise<SelectedRow | null>;
  private readonly persons: BatchedLookup<AskedPerson, PersonRow>;

  constructor(lookups: JointLookups, pool: LookupPool) {
    this.findByConsent = lookups.add<SelectedRow>(BY_CONSENT);
    this.persons = new BatchedLookup<AskedPerson, PersonRow>(nameOf, async (persons) => {
      const columns = [persons.map(({ brand }) => brand), persons.map(({ psuRef }) => psuRef)];
      const values = [...columns, persons.map(({ scope }) => scope)];
      const rows = await runNamed<PersonRow>(pool, BY_PERSON, values, spansOf(persons));
      return new Map(rows.map((row) => [nameOf({ ...row, psuRef: row.psu_ref }), row]));
    });
  }

  /**
   * @param id a UUID: anything else would fail all that are read with it
   * @param span of the request
   */
  async byConsent(id: string, span?: Span): Promise<TokenRow | null> {
    // As Postgres writes it.
    const row = await this.findByConsent(id.toLowerCase(), span);
    return row && toTokenRow(row);
  }

  async byPerson(person: Person, span?: Span): Promise<TokenRow | null> {
    const row = await this.persons.find({ ...person, span });
    return row && toTokenRow(row);
  }
}

const nameOf = ({ brand, psuRef, scope }: Person): string => `${brand} ${scope} ${psuRef}`;

const toTokenRow = (row: SelectedRow): TokenRow => ({
  consentId: row.id,
  scope: row.scope,
  state: row.state,
  reason: row.state_reason,
  pair: toPair(row),
});

function toPair(row: SelectedRow): SealedPair | null {
  const { generation, access_token, access_expires_at, expires_in, age } = row;
  if (generation === null || access_token === null || access_expires_at === null) return null;
  if (expires_in === null || age === null) return null;
  return {
    generation,
    accessToken: access_token,
    expiresAt: access_expires_at,
    expiresInSeconds: expires_in,
    ageSeconds: age,
    logicalId: row.logical_id,
    isInDoubt: row.in_doubt,
  };
}
