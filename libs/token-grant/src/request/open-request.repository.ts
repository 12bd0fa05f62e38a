import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { RequestRecord } from './reserved-request.js';
import { OWNERS_UNDER_WAY, TAKE_FROM_DEAD, TAKE_FROM_SILENT } from './takeover.statements.js';

/** A process that has not moved its heartbeat for the longest silence; `beat` is null where it has no row. */
export interface SilentOwner {
  readonly owner: string;
  readonly beat: string | null;
}

/** Requests of the journal that are under way, or may be: whose they are, and who answers for them from now on. */
@Injectable()
export class OpenRequestRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Owners of requests that are under way, or may be. */
  async ownersUnderWay(): Promise<string[]> {
    const rows = await this.dataSource.query<{ owner: string }[]>(OWNERS_UNDER_WAY);
    return rows.map(({ owner }) => owner);
  }

  /**
   * Takes the requests of a process that is dead, and whose spool was read: its calls are over, and a probe may go.
   *
   * @param except requests whose answers are in a spool
   * @returns how many
   */
  async takeFromDead(owner: string, except: readonly string[]): Promise<number> {
    return (await this.dataSource.query<object[]>(TAKE_FROM_DEAD, [owner, except])).length;
  }

  /**
   * Takes the requests of silent processes whose leases are over.
   *
   * @param except requests whose answers are in a spool
   * @param latestMs what the database's clock shows at the latest
   * @returns how many
   */
  async takeFromSilent(
    silent: readonly SilentOwner[],
    except: readonly string[],
    latestMs: number | null,
  ): Promise<number> {
    if (silent.length === 0) return 0;
    const owners = silent.map(({ owner }) => owner);
    const beats = silent.map(({ beat }) => beat);
    return (await this.dataSource.query<object[]>(TAKE_FROM_SILENT, [owners, beats, except, latestMs]))
      .length;
  }

  /** Requests of a process that are under way, or may be. */
  async underWayOf(owner: string): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM hub.token_request WHERE status = 'sent' AND owner = $1`,
      [owner],
    );
    return rows.map(({ id }) => id);
  }

  /** Closes requests that their process knows never to have sent. */
  async closeUnsent(ids: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE hub.token_request SET status = 'not_sent', settled_at = now(), outcome = 'reservation_cut_off'
        WHERE status = 'sent' AND id = ANY ($1::uuid[])`,
      [ids],
    );
  }

  /** Leaves requests in doubt, until their leases end, that the server believes to be under way and their process has ended. */
  async doubtEnded(ids: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE hub.token_request SET status = 'in_doubt', outcome = 'end_forgotten'
        WHERE status = 'sent' AND id = ANY ($1::uuid[])`,
      [ids],
    );
  }

  /** From now on another process answers for these requests: it has found their answers, and could not settle them yet. */
  async adopt(ids: readonly string[], owner: string): Promise<void> {
    if (ids.length === 0) return;
    await this.dataSource.query(
      `UPDATE hub.token_request SET owner = $2 WHERE status = 'sent' AND owner <> $2 AND id = ANY ($1::uuid[])`,
      [ids, owner],
    );
  }

  /**
   * Writes requests that a failover has made the server forget: nobody else may spend their pairs. What stands open there for the
   * same consent was over when they were made. Not those whose pair was replaced since.
   *
   * @param owner who answers for them from now on
   */
  async enterAgain(
    requests: readonly RequestRecord[],
    status: 'sent' | 'in_doubt',
    owner: string,
  ): Promise<void> {
    if (requests.length === 0) return;
    const given = JSON.stringify(
      requests.map(
        ({ id, consentId, grantType, expectedGeneration, requestId, callerRequestId, ...times }) => ({
          id,
          consent_id: consentId,
          grant_type: grantType,
          generation: expectedGeneration,
          request_id: requestId,
          caller_request_id: callerRequestId,
          sent_at: times.sentAt,
          lease_ends_at: times.leaseEndsAt,
        }),
      ),
    );
    await this.dataSource.transaction(async (tx) => {
      await tx.query(
        `UPDATE hub.token_request r SET status = 'probed', settled_at = now(), outcome = coalesce(r.outcome, 'forgotten')
           FROM jsonb_to_recordset($1::jsonb) AS g (id uuid, consent_id uuid, sent_at timestamptz)
          WHERE r.consent_id = g.consent_id AND r.id <> g.id AND r.status IN ('sent', 'in_doubt') AND r.sent_at < g.sent_at`,
        [given],
      );
      await tx.query(
        `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
                sent_at, lease_ends_at, caller_request_id)
         SELECT g.id, c.id, c.brand, g.grant_type, $3, g.generation, g.request_id, $2, g.sent_at, g.lease_ends_at,
                g.caller_request_id
           FROM jsonb_to_recordset($1::jsonb) AS g (id uuid, consent_id uuid, grant_type text, generation integer,
                request_id uuid, sent_at timestamptz, lease_ends_at timestamptz, caller_request_id text)
           JOIN hub.consent c ON c.id = g.consent_id
           LEFT JOIN hub.token_pair t ON t.consent_id = c.id
          WHERE coalesce(t.generation, 0) <= g.generation
         ON CONFLICT DO NOTHING`,
        [given, owner, status],
      );
    });
  }
}
