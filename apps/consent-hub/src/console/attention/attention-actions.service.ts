import {
  ATTENTION_REASONS,
  ConsentRepository,
  type Actor,
  type AttentionReason,
  type ConsentEntity,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConsoleFailure, notFound } from '../access/console-failure.js';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { AdminActionRepository } from '../audit/admin-action.repository.js';
import { AttentionNoteRepository } from './attention-note.repository.js';
import { AttentionService } from './attention.service.js';
import { CAUSES } from './causes.js';

/** What a person wants to see no more: one consent, or everything of a cause. */
export interface NotedItem {
  readonly cause: string;
  readonly title: string;
  /** What the cause is now, where it is one of the hub itself. */
  readonly seen: string | null;
  readonly consent: ConsentEntity | null;
}

export interface WantedNote {
  readonly session: ConsoleSession;
  readonly item: NotedItem;
  readonly reason: string;
  /** Null: acknowledged. */
  readonly snoozedUntil: Date | null;
}

const GONE = new ConsoleFailure(
  404,
  'This is not in the inbox',
  'What it was about has ended, or the address is cut off. Nothing was changed.',
);

const isReason = (cause: string): cause is AttentionReason => ATTENTION_REASONS.some((one) => one === cause);

/**
 * What people do about the inbox. The note, the entry of the audit and, where it is about one consent, the entry of its timeline are
 * written in one transaction.
 */
@Injectable()
export class AttentionActionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly actions: AdminActionRepository,
    private readonly notes: AttentionNoteRepository,
    private readonly attention: AttentionService,
  ) {}

  /** @throws ConsoleFailure where there is no such cause or consent */
  async find(cause: string, consentId: string | null): Promise<NotedItem> {
    if (isReason(cause)) {
      const consent = consentId === null ? null : await this.consents.find(consentId);
      if (consentId !== null && !consent) throw notFound('consent');
      return { cause, title: CAUSES[cause].title, seen: null, consent };
    }
    const { hub } = await this.attention.read();
    const found = hub.find((one) => one.cause.key === cause)?.cause;
    if (!found || consentId !== null) throw GONE;
    return { cause, title: found.title, seen: found.seen, consent: null };
  }

  async note(wanted: WantedNote): Promise<void> {
    const { item, snoozedUntil } = wanted;
    await this.dataSource.transaction(async (tx) => {
      const consentId = item.consent?.id ?? null;
      if (consentId !== null) await this.consents.lock(tx, consentId);
      const actionId = await this.record(tx, wanted);
      if (consentId !== null) await this.recordInTimeline(tx, consentId, wanted, actionId);
      const { cause, seen } = item;
      await this.notes.write(tx, { cause, consentId, seen, snoozedUntil, actionId });
    });
    this.attention.forget();
  }

  private record(
    tx: EntityManager,
    { session, item: { cause, consent }, reason, snoozedUntil }: WantedNote,
  ): Promise<string> {
    return this.actions.record(tx, session, {
      action: snoozedUntil ? 'snooze_attention' : 'acknowledge_attention',
      reason,
      ...(consent && { consentId: consent.id }),
      data: { cause, ...(snoozedUntil && { until: snoozedUntil.toISOString() }) },
    });
  }

  private recordInTimeline(
    tx: EntityManager,
    consentId: string,
    { session, item: { cause }, snoozedUntil }: WantedNote,
    actionId: string,
  ): Promise<void> {
    const type = snoozedUntil ? 'attention_snoozed' : 'attention_acknowledged';
    const actor: Actor = `admin:${session.subject}`;
    return this.consents.record(tx, consentId, type, actor, {
      cause,
      ...(snoozedUntil && { until: snoozedUntil.toISOString() }),
      admin_action: actionId,
    });
  }
}
