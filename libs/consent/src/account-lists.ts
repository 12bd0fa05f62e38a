import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ConsentAccountEntity } from './consent-account.entity.js';
import { ConsentRepository } from './consent.repository.js';
import type { Actor } from './domain/transition.js';

const SHORTEST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 900;

/**
 * The next try, should this one come to nothing, is about as far away as the first pair is old, so that the distances double
 * without a count. Rows that somebody holds are passed over: the next claim comes soon.
 */
export const CLAIM_DUE_LISTS = `
  WITH due AS (
    SELECT id FROM hub.consent
     WHERE accounts_due_at <= now() AND state IN ('active', 'refreshed')
     ORDER BY accounts_due_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE hub.consent c
       SET accounts_due_at = now() + make_interval(secs => (0.5 + random() / 2) * least(${LONGEST_WAIT_SECONDS},
             greatest(${SHORTEST_WAIT_SECONDS}, extract(epoch FROM now() - c.activated_at)::double precision)))
      FROM due WHERE c.id = due.id
    RETURNING c.id
  )
  SELECT id FROM claimed`;

/** Says so once: of two who asked the bank at once, the second finds nothing due. */
const SETTLE = `
  WITH settled AS (
    UPDATE hub.consent SET accounts_due_at = NULL
     WHERE id = $1 AND accounts_due_at IS NOT NULL AND state IN ('active', 'refreshed')
    RETURNING id
  )
  SELECT id FROM settled`;

/**
 * Which consents still lack the list of accounts that the PSU chose. It is a fact of the consent's row from its first pair on,
 * so that whoever dies before the bank has told them leaves it to the others.
 */
@Injectable()
export class AccountLists {
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
   * Stores what the bank told, with its entry in the timeline.
   *
   * @returns false when the list is there already, or the consent is over; nothing was changed then
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
}
