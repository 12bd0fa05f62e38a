import { Injectable } from '@nestjs/common';
import { DUE_AT_ONCE, INTO_TIMELINES, JOIN_CONSENT, JOIN_PAIR } from '@consent-hub/consent';
import { DataSource } from 'typeorm';
import type { RequestRecord } from './reserved-request.js';
import { LEASES_END_AT } from './reservation.statements.js';

/** Owners of requests that are under way, or may be. */
const OWNERS_UNDER_WAY = `SELECT DISTINCT owner FROM hub.token_request WHERE status = 'sent'`;

/**
 * Takes requests from their owner: in doubt from now on, to be probed at once, with that in the timeline. A transaction that has
 * locked the consent's row is settling its request; that request is left for the next time.
 */
const TAKE = (which: string, outcome: string) => `
  open AS MATERIALIZED (
    SELECT r.id FROM hub.token_request r ${JOIN_CONSENT('r.consent_id')}
     WHERE r.status = 'sent' AND ${which} FOR NO KEY UPDATE OF c SKIP LOCKED
  ), taken AS (
    UPDATE hub.token_request r SET status = 'in_doubt', outcome = '${outcome}', lease_ends_at = now()
      FROM open WHERE r.id = open.id AND r.status = 'sent' RETURNING r.consent_id, r.request_id
  ), recorded AS (
    ${INTO_TIMELINES}
    SELECT consent_id, 'grant_in_doubt', 'hub:token-grant',
           jsonb_build_object('request_id', request_id, 'outcome', '${outcome}')
      FROM taken ORDER BY consent_id
  ), ${DUE_AT_ONCE('taken')}
  SELECT consent_id FROM taken`;

/** Takes the requests of a process that has ended, except those whose answers are in a spool. $1 owner, $2 ids */
const TAKE_FROM_DEAD = `WITH ${TAKE('r.owner = $1 AND r.id <> ALL ($2::uuid[])', 'process_died')}`;

/**
 * Takes the requests of silent processes whose leases have ended. A process that has moved its heartbeat since it was observed keeps them.
 *
 * $1 owners, $2 their heartbeats, null where one has no row, $3 ids whose answers are in a spool, $4 what the clock shows at the latest
 */
const TAKE_FROM_SILENT = `
  WITH silent AS MATERIALIZED (
    SELECT given.owner FROM unnest($1::text[], $2::bigint[]) AS given (owner, beat)
      LEFT JOIN hub.instance i ON i.owner = given.owner WHERE i.beat IS NOT DISTINCT FROM given.beat
  ), ${TAKE(
    `r.owner IN (SELECT owner FROM silent) AND r.id <> ALL ($3::uuid[]) AND r.lease_ends_at <= ${LEASES_END_AT('$4')}`,
    'owner_silent',
  )}`;

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
   * Takes the requests of a process that has ended, and whose spool was read: its calls have ended, and a probe may be sent.
   *
   * @param except requests whose answers are in a spool
   * @returns how many
   */
  async takeFromDead(owner: string, except: readonly string[]): Promise<number> {
    return (await this.dataSource.query<object[]>(TAKE_FROM_DEAD, [owner, except])).length;
  }

  /**
   * Takes the requests of silent processes whose leases have ended.
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
   * Writes requests that the server has lost in a failover: no other process may spend their pairs. An open request that the
   * server has for the same consent had ended when they were made. Requests whose pair was replaced since are not written.
   *
   * @param owner the process that is responsible for them from now on
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
           ${JOIN_CONSENT('g.consent_id')}
           LEFT ${JOIN_PAIR('c.id')}
          WHERE coalesce(t.generation, 0) <= g.generation
         ON CONFLICT DO NOTHING`,
        [given, owner, status],
      );
    });
  }
}
