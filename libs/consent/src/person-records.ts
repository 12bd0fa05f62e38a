import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor, EventData, StateReason } from './domain/transition.js';
import type { ConsentState } from './domain/consent-state.js';

/** An account of a consent. */
export interface HeldAccount {
  readonly iban: string;
  readonly logicalId: string;
}

/** Tokens of a consent that were handed to an API client. */
export interface HeldUse {
  readonly apiClientId: string;
  readonly uses: number;
  readonly lastUsedAt: Date;
}

/** An entry of a timeline. */
export interface HeldEvent {
  readonly seq: number;
  readonly at: Date;
  readonly type: string;
  readonly from: ConsentState | null;
  readonly to: ConsentState | null;
  readonly reason: StateReason | null;
  readonly actor: Actor;
  readonly data: EventData;
}

/** What is kept of a consent in other tables than its own. */
export interface HeldRecords {
  readonly accounts: readonly HeldAccount[];
  readonly uses: readonly HeldUse[];
  readonly events: readonly HeldEvent[];
}

type Of<T> = T & { readonly consentId: string };

const ACCOUNTS = `
  SELECT consent_id AS "consentId", iban, logical_id AS "logicalId" FROM hub.consent_account
   WHERE consent_id = ANY ($1::uuid[]) ORDER BY consent_id, iban, logical_id`;
const USES = `
  SELECT consent_id AS "consentId", api_client_id AS "apiClientId", uses::float8 AS uses, last_used_at AS "lastUsedAt"
    FROM hub.token_use WHERE consent_id = ANY ($1::uuid[]) ORDER BY consent_id, last_used_at DESC`;
const EVENTS = `
  SELECT consent_id AS "consentId", seq, at, type, from_state AS "from", to_state AS "to", reason, actor, data
    FROM hub.consent_event WHERE consent_id = ANY ($1::uuid[]) ORDER BY consent_id, seq`;

/** For the tests of their plans. */
export const RECORDS_OF_CONSENTS = { ACCOUNTS, USES, EVENTS } as const;

/** All that is kept of the consents of a person, whichever client opened them; no tokens. */
@Injectable()
export class PersonRecords {
  constructor(private readonly dataSource: DataSource) {}

  /** By the id of the consent. @param ids one batch of them */
  async ofConsents(ids: readonly string[]): Promise<(id: string) => HeldRecords> {
    const [accounts, uses, events] = await Promise.all([
      this.dataSource.query<Of<HeldAccount>[]>(ACCOUNTS, [ids]),
      this.dataSource.query<Of<HeldUse>[]>(USES, [ids]),
      this.dataSource.query<Of<HeldEvent>[]>(EVENTS, [ids]),
    ]);
    return (id) => ({
      accounts: accounts.filter(({ consentId }) => consentId === id),
      uses: uses.filter(({ consentId }) => consentId === id),
      events: events.filter(({ consentId }) => consentId === id),
    });
  }
}
