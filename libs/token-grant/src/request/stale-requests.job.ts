import { Injectable, Logger } from '@nestjs/common';
import {
  AUTHORIZED_CONSENTS,
  ConsentRepository,
  JOIN_CONSENT,
  JOIN_PAIR,
  OPEN_STATUSES_SQL,
} from '@consent-hub/consent';
import { RecurringJob } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

const AT_ONCE = 100;
/** Longer than any code lives and any lease lasts: what could not be exchanged by then never will be. */
const EXCHANGE_LIMIT_SECONDS = 3600;

/** A request that is not under way, and whose answer is not kept. */
const IS_IDLE = `r.status = 'in_doubt' AND r.lease_ends_at <= now()`;

/**
 * Ends what would otherwise stay open for ever. Doubtful refreshes of live consents are none of it: they have a due time.
 * Any number of replicas may do this side by side.
 */
@Injectable()
export class StaleRequestsJob extends RecurringJob {
  protected readonly intervalMs = 60_000;
  private readonly logger = new Logger(StaleRequestsJob.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    await this.endLostExchanges();
    await this.closeOfEnded();
    await this.forgetOvertaken();
  }

  /**
   * Ends consents whose code was not exchanged in time, unless an answer is kept or a call may still be under way.
   *
   * @returns how many
   */
  async endLostExchanges(): Promise<number> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT c.id FROM ${AUTHORIZED_CONSENTS} AND c.authorized_at < now() - make_interval(secs => $1)
          AND NOT EXISTS (SELECT FROM hub.token_request r
                           WHERE r.consent_id = c.id AND r.status IN (${OPEN_STATUSES_SQL}) AND NOT (${IS_IDLE}))
        ORDER BY c.authorized_at LIMIT $2`,
      [EXCHANGE_LIMIT_SECONDS, AT_ONCE],
    );
    let ended = 0;
    for (const { id } of rows) if (await this.endExchange(id)) ended++;
    return ended;
  }

  /**
   * Closes what is open for consents that have ended: no probe will follow. A late answer is settled all the same.
   *
   * @returns how many
   */
  async closeOfEnded(): Promise<number> {
    const rows = await this.dataSource.query<object[]>(
      `WITH idle AS (
         SELECT r.id FROM hub.token_request r ${JOIN_CONSENT('r.consent_id')}
          WHERE ${IS_IDLE} AND c.ended_at IS NOT NULL
          ORDER BY r.lease_ends_at LIMIT $1 FOR NO KEY UPDATE OF r SKIP LOCKED
       ), closed AS (
         UPDATE hub.token_request r
            SET status = 'probed', settled_at = now(), outcome = coalesce(r.outcome, 'consent_ended')
           FROM idle WHERE r.id = idle.id RETURNING r.id
       )
       SELECT id FROM closed`,
      [AT_ONCE],
    );
    return rows.length;
  }

  /**
   * Deletes kept answers of pairs that later ones have followed; no request waits for them any more.
   *
   * @returns how many
   */
  async forgetOvertaken(): Promise<number> {
    const rows = await this.dataSource.query<object[]>(
      `WITH old AS (
         SELECT r.id FROM hub.token_request r ${JOIN_PAIR('r.consent_id')}
          WHERE r.raw_answer IS NOT NULL AND t.generation > r.expected_generation
          LIMIT $1 FOR NO KEY UPDATE OF r SKIP LOCKED
       ), forgotten AS (
         UPDATE hub.token_request r
            SET raw_answer = NULL, status = CASE r.status WHEN 'received' THEN 'overtaken' ELSE r.status END,
                settled_at = CASE r.status WHEN 'received' THEN now() ELSE r.settled_at END
           FROM old WHERE r.id = old.id RETURNING r.id
       )
       SELECT id FROM forgotten`,
      [AT_ONCE],
    );
    return rows.length;
  }

  private endExchange(consentId: string): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      await this.consents.lock(tx, consentId);
      const [open] = await tx.query<object[]>(
        `SELECT FROM hub.token_request r
          WHERE r.consent_id = $1 AND r.status IN (${OPEN_STATUSES_SQL}) AND NOT (${IS_IDLE})`,
        [consentId],
      );
      if (open) return false;
      const hasEnded = await this.consents.move(tx, consentId, {
        to: 'failed',
        data: { reason: 'exchange_lost' },
        actor: 'hub:token-grant',
        facts: { outcome: 'not_exchanged_in_time' },
      });
      if (hasEnded) this.logger.warn({ msg: 'code exchange ended: not made in time', consentId });
      return hasEnded;
    });
  }
}
