import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ConsentAccountEntity } from './consent-account.entity.js';
import { ConsentEventEntity } from './consent-event.entity.js';
import { ConsentRepository } from './transitions/consent.repository.js';
import { LIVE_STATES_SQL } from './domain/consent-state.js';
import type { Actor, EventData } from './domain/transition.js';

const SHORTEST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 900;
/** The bank has refused, and will most likely refuse again. */
const LONGEST_WAIT_REFUSED_SECONDS = 86_400;

/**
 * If this try fails, the next one is about as far away as the first pair is old, or the bank's refusal, so that the intervals
 * double without a count. Rows that another transaction has locked are skipped: the next claim comes soon.
 */
export const CLAIM_DUE_LISTS = `
  WITH due AS (
    SELECT id FROM hub.consent
     WHERE accounts_due_at <= now() AND state IN (${LIVE_STATES_SQL})
     ORDER BY accounts_due_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE hub.consent c
       SET accounts_due_at = now() + make_interval(secs => (0.5 + random() / 2) * least(
             CASE WHEN c.accounts_refused_at IS NULL THEN ${LONGEST_WAIT_SECONDS} ELSE ${LONGEST_WAIT_REFUSED_SECONDS} END,
             greatest(${SHORTEST_WAIT_SECONDS},
               extract(epoch FROM now() - coalesce(c.accounts_refused_at, c.activated_at))::double precision)))
      FROM due WHERE c.id = due.id
    RETURNING c.id
  )
  SELECT id FROM claimed`;

/** Says so once: of two who asked the bank at once, the second finds nothing due. */
const SETTLE = `
  WITH settled AS (
    UPDATE hub.consent SET accounts_due_at = NULL, accounts_refused_at = NULL
     WHERE id = $1 AND accounts_due_at IS NOT NULL AND state IN (${LIVE_STATES_SQL})
    RETURNING id
  )
  SELECT id FROM settled`;

/** The first refusal is worth a refresh, and after that the end of a token alone. */
const CLAIM_REFRESH = `
  WITH claimed AS (
    UPDATE hub.consent c SET accounts_refused_at = coalesce(c.accounts_refused_at, now())
      FROM hub.token_pair t
     WHERE c.id = $1 AND t.consent_id = c.id AND c.accounts_due_at IS NOT NULL AND c.state IN (${LIVE_STATES_SQL})
       AND (c.accounts_refused_at IS NULL OR t.access_expires_at <= now())
    RETURNING c.id
  )
  SELECT id FROM claimed`;

const NOTE_REFUSAL = `
  WITH noted AS (
    UPDATE hub.consent SET accounts_refused_at = coalesce(accounts_refused_at, now())
     WHERE id = $1 AND accounts_due_at IS NOT NULL AND state IN (${LIVE_STATES_SQL})
    RETURNING id
  )
  SELECT id FROM noted`;

/**
 * Which consents still lack the list of accounts that the PSU chose. It is a fact of the consent's row from its first pair on:
 * if a process ends before the bank has returned the list, other processes fetch it.
 */
@Injectable()
export class ConsentAccountRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
  ) {}

  /** Up to `limit` consents whose list is due, each to one caller; it is due again later, unless it is stored by then. */
  async claimDue(limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(CLAIM_DUE_LISTS, [limit]);
    return rows.map(({ id }) => id);
  }

  /**
   * Stores what the bank returned, with its entry in the timeline.
   *
   * @returns false when the list is there already, or the consent has ended; nothing was changed then
   */
  store(
    consentId: string,
    accounts: readonly Pick<ConsentAccountEntity, 'iban' | 'logicalId'>[],
    actor: Actor,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const settled = await tx.query<object[]>(SETTLE, [consentId]);
      if (settled.length === 0) return false;
      await this.consents.replaceAccounts(tx, consentId, accounts);
      await this.consents.record(tx, consentId, 'accounts_listed', actor, { count: accounts.length });
      return true;
    });
  }

  /**
   * Whether a pair may be refreshed because the bank refuses its access token for the list. Once, since each refresh ends the
   * token that services hold; an expired token is of no use to them, so its pair may always be refreshed.
   */
  async claimRefresh(consentId: string): Promise<boolean> {
    const rows = await this.dataSource.query<object[]>(CLAIM_REFRESH, [consentId]);
    return rows.length > 0;
  }

  /** Notes that the bank refuses the list: the timeline says so once, and the list is asked for less often. */
  noteRefusal(consentId: string, actor: Actor, facts: EventData): Promise<void> {
    return this.dataSource.transaction(async (tx) => {
      const noted = await tx.query<object[]>(NOTE_REFUSAL, [consentId]);
      if (noted.length === 0) return;
      // Its row is locked since: no other transaction writes this entry now.
      const type = 'accounts_refused';
      const isTold = await tx.exists(ConsentEventEntity, { where: { consentId, type } });
      if (!isTold) await this.consents.record(tx, consentId, type, actor, facts);
    });
  }

  /**
   * Ends a consent that has ended at the bank, as the bank answered to the token of this generation.
   *
   * @returns false when the consent has ended already, or the bank has granted a newer pair since then; nothing was changed
   */
  endWithdrawn(consentId: string, generation: number, facts: EventData): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      await this.consents.lock(tx, consentId);
      const consent = await this.consents.find(consentId, tx);
      if (consent?.tokenPair?.generation !== generation) return false;
      const data = { reason: 'withdrawn_at_bank' } as const;
      return this.consents.move(tx, consentId, { to: 'revoked', data, actor: 'psu', facts });
    });
  }
}
