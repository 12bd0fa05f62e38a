import {
  ApiClientNames,
  ConsentRepository,
  ConsentSearch,
  PersonRecords,
  type FoundConsent,
  type HeldRecords,
  type SearchPosition,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { EntityManager } from 'typeorm';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { RecordedExportService } from '../audit/recorded-export.service.js';
import { maskIban } from '../frame/parts.js';
import type { PersonDetail } from './person.service.js';

const PER_BATCH = 100;

/** Who takes the file along, why, and whether with account numbers in full. */
export interface WantedExport {
  readonly session: ConsoleSession;
  readonly detail: PersonDetail;
  readonly reason: string;
  readonly isFull: boolean;
}

/** What is held of a person, as a file. Never a token. */
@Injectable()
export class PersonExportService {
  constructor(
    private readonly search: ConsentSearch,
    private readonly consents: ConsentRepository,
    private readonly records: PersonRecords,
    private readonly names: ApiClientNames,
    private readonly exports: RecordedExportService,
  ) {}

  /** Account numbers in full are in the timelines of their consents as well: in the transaction of the entry of the audit. */
  async send(reply: FastifyReply, wanted: WantedExport): Promise<void> {
    const { session, detail, reason, isFull } = wanted;
    const data = { consents: detail.holdings.consents, account_numbers: isFull ? 'full' : 'masked' };
    const action = { action: 'export_person', reason, consentId: detail.consent.id, data } as const;
    const file = {
      name: `person-${detail.consent.id.slice(-12)}.json`,
      type: 'application/json; charset=utf-8',
      lines: this.lines(detail, isFull),
    };
    const alsoIn = (tx: EntityManager, actionId: string) => this.noteRevealed(tx, wanted, actionId);
    await this.exports.sendFile(reply, session, action, file, alsoIn);
  }

  /** In the order of their ids, as everybody who locks several. */
  private async noteRevealed(
    tx: EntityManager,
    { session, detail, isFull }: WantedExport,
    actionId: string,
  ): Promise<void> {
    if (!isFull) return;
    for (const id of detail.found.map(({ consent }) => consent.id).sort()) {
      await this.consents.lock(tx, id);
      await this.consents.record(tx, id, 'account_numbers_revealed', `admin:${session.subject}`, {
        admin_action: actionId,
      });
    }
  }

  private async *lines({ consent, asOf, holdings }: PersonDetail, isFull: boolean): AsyncGenerator<string> {
    const head = { psu_ref: consent.psuRef, exported_at: asOf.toISOString() };
    const also = { sessions_of_own_pages: holdings.sessions, names_of_openings: holdings.openings };
    yield `${JSON.stringify({ ...head, also_held: also }).slice(0, -1)},"consents":[`;
    let after: SearchPosition | undefined;
    let separator = '\n';
    do {
      const { items, next } = await this.search.page({ psuRef: consent.psuRef }, PER_BATCH, after);
      for (const one of await this.exported(items, isFull)) {
        yield `${separator}${JSON.stringify(one)}`;
        separator = ',\n';
      }
      after = next ?? undefined;
    } while (after);
    yield '\n]}\n';
  }

  private async exported(items: readonly FoundConsent[], isFull: boolean): Promise<object[]> {
    const recordsOf = await this.records.ofConsents(items.map(({ consent }) => consent.id));
    const records = items.map(({ consent }) => recordsOf(consent.id));
    const names = await this.names.ofIds([
      ...items.map(({ consent }) => consent.openedBy),
      ...records.flatMap(({ uses }) => uses.map(({ apiClientId }) => apiClientId)),
    ]);
    const ibanOf = (iban: string) => (isFull ? iban : maskIban(iban));
    const nameOf = (id: string) => names.get(id) ?? id;
    return items.map((found, at) =>
      exportedConsent(found, records[at] ?? { accounts: [], uses: [], events: [] }, { ibanOf, nameOf }),
    );
  }
}

const exportedConsent = (
  { consent }: FoundConsent,
  { accounts, uses, events }: HeldRecords,
  { ibanOf, nameOf }: { readonly ibanOf: (iban: string) => string; readonly nameOf: (id: string) => string },
) => ({
  id: consent.id,
  brand: consent.brand,
  scope: consent.scope,
  purpose: consent.purpose,
  language: consent.language,
  iban: consent.iban === null ? null : ibanOf(consent.iban),
  accounts: accounts.map(({ iban, logicalId }) => ({ iban: ibanOf(iban), logical_id: logicalId })),
  state: consent.state,
  state_reason: consent.stateReason,
  opened_by: nameOf(consent.openedBy),
  return_url: consent.returnUrl,
  created_at: consent.createdAt,
  authorized_at: consent.authorizedAt,
  activated_at: consent.activatedAt,
  consent_expires_at: consent.consentExpiresAt,
  ended_at: consent.endedAt,
  superseded_by: consent.supersededBy,
  tokens: consent.tokenPair
    ? {
        generation: consent.tokenPair.generation,
        issued_at: consent.tokenPair.issuedAt,
        are_held: consent.tokenPair.refreshToken !== null,
      }
    : null,
  read_by: uses.map((use) => ({
    api_client: nameOf(use.apiClientId),
    times: use.uses,
    last_at: use.lastUsedAt,
  })),
  timeline: events,
});
