import {
  ConsentError,
  ConsentRepository,
  isEnded,
  isLive,
  PairRefresh,
  type Actor,
  type ConsentEntity,
} from '@consent-hub/consent';
import type { RequestTrace } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { notFound } from '../access/console-failure.js';
import { AdminActionRepository } from '../audit/admin-action.repository.js';
import { CONSENT_ACTIONS, type ConsentActionName } from './consent-actions.js';
import { notLive, refreshFailure } from './consent-action.failures.js';

/** How long a person waits for a refresh; the call at the bank may outlast it. */
const WAIT_MS = 15_000;

/** Who acts on which consent, and why. */
export interface WantedAction {
  readonly session: ConsoleSession;
  readonly consentId: string;
  readonly reason: string;
}

const actorOf = ({ subject }: ConsoleSession): Actor => `admin:${subject}`;

/**
 * What people do about one consent. What they do is recorded in the audit, with its reason, and in the timeline, in one transaction: where
 * one is missing, nothing was done.
 */
@Injectable()
export class ConsentActionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly actions: AdminActionRepository,
    private readonly pairs: PairRefresh,
  ) {}

  /** @throws ConsoleFailure when the consent has ended otherwise, or its code is being exchanged */
  async revoke(wanted: WantedAction): Promise<void> {
    const { consentId, session } = wanted;
    const data = { reason: 'withdrawn_by_tpp' } as const;
    await this.dataSource.transaction(async (tx) => {
      const by = {
        data,
        actor: actorOf(session),
        facts: { admin_action: await this.record(tx, 'revoke', wanted) },
      };
      const isEnded =
        (await this.consents.move(tx, consentId, { to: 'revoked', ...by })) ||
        (await this.consents.move(tx, consentId, { to: 'expired', ...by }));
      // Takes the entry of the audit back as well.
      if (!isEnded) throw notLive(await this.get(consentId, tx));
    });
  }

  /**
   * Asks for a new pair. That it was asked for is written before the bank is called.
   *
   * @throws ConsoleFailure when there is no pair to refresh, or the refresh brought none
   */
  async refresh(wanted: WantedAction, trace: RequestTrace): Promise<void> {
    const { consentId } = wanted;
    const consent = await this.get(consentId);
    const { state, tokenPair } = consent;
    if (isEnded(state) || !isLive(state) || !tokenPair) throw notLive(consent);
    await this.note(wanted, 'refresh', 'refresh_requested');
    await this.pairs
      .refresh(consentId, tokenPair.generation, { waitMs: WAIT_MS, trace, isForced: true })
      .catch((error: unknown) => {
        throw error instanceof ConsentError ? refreshFailure(error) : error;
      });
  }

  /** @returns the account numbers in full */
  async reveal(wanted: WantedAction): Promise<readonly string[]> {
    const consent = await this.get(wanted.consentId);
    const accounts = await this.consents.accounts(consent.id);
    await this.note(wanted, 'reveal', 'account_numbers_revealed');
    return [
      ...new Set([...(consent.iban === null ? [] : [consent.iban]), ...accounts.map(({ iban }) => iban)]),
    ];
  }

  /** @throws ConsoleFailure where there is no such consent */
  async get(id: string, tx?: EntityManager): Promise<ConsentEntity> {
    const consent = await this.consents.find(id, tx);
    if (!consent) throw notFound('consent');
    return consent;
  }

  /** Writes into the audit and the timeline what is about to be done. @param type of the entry in the timeline */
  async note(wanted: WantedAction, name: ConsentActionName, type: string): Promise<void> {
    const { consentId, session } = wanted;
    await this.dataSource.transaction(async (tx) => {
      await this.consents.lock(tx, consentId);
      const id = await this.record(tx, name, wanted);
      await this.consents.record(tx, consentId, type, actorOf(session), { admin_action: id });
    });
  }

  private record(
    tx: EntityManager,
    name: ConsentActionName,
    { session, consentId, reason }: WantedAction,
  ): Promise<string> {
    return this.actions.record(tx, session, { action: CONSENT_ACTIONS[name].action, reason, consentId });
  }
}
