import { runNamed, type NamedStatement } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  CHOOSE_HEADS,
  DELETE_REVOKED,
  LOCK_DISPATCH,
  LOCK_ORDER,
  MAKE_DELIVERIES,
  MOVE_DISPATCH,
  PRUNE_DELIVERIES,
  READ_FIGURES,
  REMOVE_DELIVERIES,
  REMOVE_WEBHOOKS,
  REPLAY_EVENTS,
  REPLAY_FAILED,
} from './webhook.statements.js';

/** A stretch of the feed, its end included. */
export interface Stretch {
  readonly after: number;
  readonly upTo: number;
}

interface DispatchRow {
  readonly position: string;
  readonly types: string[] | null;
}

const REPLAY_OF_EVENTS = { name: 'webhook_replay_events', text: REPLAY_EVENTS };
const REPLAY_OF_FAILED = { name: 'webhook_replay_failed', text: REPLAY_FAILED };

/** Makes deliveries of events, and removes them. */
@Injectable()
export class WebhookDispatchRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Makes the deliveries of the next events, once, whichever hub does it.
   *
   * @param final up to where the feed is complete
   * @param most positions at a time
   * @returns up to where deliveries are made now; null while another hub is at it
   */
  next(final: number, most: number): Promise<number | null> {
    return this.dataSource.transaction(async (tx) => {
      const [row] = await runNamed<DispatchRow>(tx, { name: 'webhook_dispatch', text: LOCK_DISPATCH }, []);
      if (!row) return null;
      const after = Number(row.position);
      if (after >= final) return after;
      // What no webhook wants is passed over at once, however much it is.
      const upTo = row.types === null ? final : Math.min(final, after + most);
      if (row.types !== null) {
        await tx.query(LOCK_ORDER);
        const values = [after, upTo, row.types];
        await runNamed(tx, { name: 'webhook_make', text: MAKE_DELIVERIES }, values);
      }
      await runNamed(tx, { name: 'webhook_move', text: MOVE_DISPATCH }, [upTo]);
      return upTo;
    });
  }

  /** Up to where deliveries were made. */
  async position(): Promise<number> {
    const [row] = await this.dataSource.query<{ position: string }[]>(
      `SELECT position FROM hub.webhook_dispatch`,
    );
    return Number(row?.position ?? 0);
  }

  /** By the clock of the database. */
  async now(): Promise<string> {
    const [row] = await this.dataSource.query<{ now: string }[]>(`SELECT now()::text AS now`);
    if (!row) throw new Error('the statement has no row');
    return row.now;
  }

  /** Schedules what the webhook wants of a stretch, whether it was delivered before or not. @returns how many */
  replay(webhookId: string, { after, upTo }: Stretch): Promise<number> {
    return this.schedule(webhookId, REPLAY_OF_EVENTS, [after, upTo, null]);
  }

  /** The same for single events. */
  replayEvents(webhookId: string, positions: readonly number[]): Promise<number> {
    const stretch = [Math.min(...positions) - 1, Math.max(...positions)];
    return this.schedule(webhookId, REPLAY_OF_EVENTS, [...stretch, positions]);
  }

  /** Schedules deliveries that were given up before a moment of `now`, `most` at a time. @returns how many */
  replayFailed(webhookId: string, before: string, most: number): Promise<number> {
    return this.schedule(webhookId, REPLAY_OF_FAILED, [before, most]);
  }

  /** Removes up to `most` deliveries that ended longer ago than they are kept. @returns how many */
  prune(days: number, most: number): Promise<number> {
    return this.count(PRUNE_DELIVERIES, [days, most]);
  }

  /** Deletes the webhooks of clients that were revoked; their deliveries are removed with those of other deleted ones. */
  async deleteRevoked(): Promise<void> {
    await this.dataSource.query(DELETE_REVOKED);
  }

  /** Removes up to `most` deliveries of webhooks that were deleted. @returns how many */
  removeOrphans(most: number): Promise<number> {
    return this.count(REMOVE_DELIVERIES, [most]);
  }

  /** Removes what is left of webhooks that were deleted, and secrets that sign no more. */
  async removeRest(): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query(LOCK_ORDER);
      await tx.query(REMOVE_WEBHOOKS);
    });
    await this.dataSource.query(
      `UPDATE hub.webhook SET former_secret = NULL, former_secret_until = NULL WHERE former_secret_until <= now()`,
    );
  }

  /** What waits for enabled webhooks. @param most so many are counted at most */
  async figures(most: number): Promise<{ pending: number; oldestSeconds: number }> {
    const [row] = await this.dataSource.query<{ pending: number; oldest_seconds: number }[]>(READ_FIGURES, [
      most,
    ]);
    return { pending: row?.pending ?? 0, oldestSeconds: row?.oldest_seconds ?? 0 };
  }

  private schedule(
    webhookId: string,
    statement: NamedStatement,
    values: readonly unknown[],
  ): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(LOCK_ORDER);
      const rows = await runNamed<{ consent_id: string | null }>(tx, statement, [webhookId, ...values]);
      const consents = new Set(rows.map(({ consent_id: id }) => id).filter((id) => id !== null));
      if (consents.size > 0) await tx.query(CHOOSE_HEADS, [webhookId, [...consents]]);
      return rows.length;
    });
  }

  private async count(text: string, values: readonly unknown[]): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(text, [...values]);
    return row?.count ?? 0;
  }
}
