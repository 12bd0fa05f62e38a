import type { Actor, PastVerification, VerifiedPage } from '@consent-hub/consent';
import { newId } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** So many broken timelines are named; where more are broken, all are suspect. */
const NAMED = 20;
const KEPT = `interval '400 days'`;
/** Longer than a page may take. */
const LEASE_SECONDS = 60;

const BEGIN = `
  INSERT INTO hub.timeline_verification (id, requested_by, is_own) VALUES ($1, $2, $3)
  ON CONFLICT DO NOTHING RETURNING id`;

/** The newest one of the caller that stands where this page began. */
const OF_CALLER = `
  SELECT id FROM hub.timeline_verification
   WHERE requested_by = $1 AND NOT is_own AND ended_at IS NULL AND after_consent = $2 AND begun_at > now() - interval '1 day'
   ORDER BY begun_at DESC LIMIT 1`;

/** Only from where the page began: of two who have verified the same page one adds it. */
const ADD = `
  WITH added AS (
    UPDATE hub.timeline_verification
       SET timelines = timelines + $3, entries = entries + $4, broken_count = broken_count + $5,
           broken = CASE WHEN jsonb_array_length(broken) < ${NAMED} THEN broken || $6::jsonb ELSE broken END,
           after_consent = $7, reached_at = now(), ended_at = CASE WHEN $7::uuid IS NULL THEN now() END
     WHERE id = $1 AND after_consent IS NOT DISTINCT FROM $2::uuid AND ended_at IS NULL
    RETURNING id
  )
  SELECT id FROM added`;

const LEASE = `
  WITH leased AS (
    UPDATE hub.timeline_verification
       SET lease_owner = $1, lease_ends_at = now() + make_interval(secs => ${LEASE_SECONDS})
     WHERE is_own AND ended_at IS NULL AND (lease_owner = $1 OR coalesce(lease_ends_at, '-infinity') <= now())
    RETURNING id, after_consent AS after
  )
  SELECT id, after FROM leased`;

const LATEST = `
  SELECT id, requested_by AS "requestedBy", is_own AS "isOwn", begun_at AS "begunAt", reached_at AS "reachedAt",
         ended_at AS "endedAt", timelines::double precision AS timelines, entries::double precision AS entries,
         broken_count AS "brokenCount", broken
    FROM hub.timeline_verification ORDER BY begun_at DESC LIMIT $1`;

/** One that this process may continue with. */
export interface LeasedVerification {
  readonly id: string;
  readonly after: string | null;
}

/** Table `timeline_verification`. */
@Injectable()
export class TimelineVerificationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns null where hubs verify already, and `isOwn` asks for one more */
  async begin(tx: EntityManager | DataSource, requestedBy: Actor, isOwn: boolean): Promise<string | null> {
    const id = newId();
    const rows = await tx.query<object[]>(BEGIN, [id, requestedBy, isOwn]);
    return rows.length > 0 ? id : null;
  }

  /** Adds a page that a caller of the API has asked for to the verification that it belongs to. */
  async noteOfCaller(requestedBy: Actor, after: string | undefined, page: VerifiedPage): Promise<void> {
    const id =
      after === undefined
        ? await this.begin(this.dataSource, requestedBy, false)
        : (await this.dataSource.query<{ id: string }[]>(OF_CALLER, [requestedBy, after]))[0]?.id;
    if (id) await this.add({ id, after: after ?? null }, page);
  }

  /** @returns false where another process has added the page */
  async add({ id, after }: LeasedVerification, page: VerifiedPage): Promise<boolean> {
    const { consents, entries, broken, next } = page;
    const named = JSON.stringify(broken.slice(0, NAMED));
    const values = [id, after, consents, entries, broken.length, named, next];
    return (await this.dataSource.query<object[]>(ADD, values)).length > 0;
  }

  /** The one that hubs are to verify, unless another process does. */
  async lease(owner: string): Promise<LeasedVerification | null> {
    const [leased] = await this.dataSource.query<LeasedVerification[]>(LEASE, [owner]);
    return leased ?? null;
  }

  /** Newest first. */
  latest(limit: number): Promise<PastVerification[]> {
    return this.dataSource.query<PastVerification[]>(LATEST, [limit]);
  }

  async prune(): Promise<void> {
    await this.dataSource.query(`DELETE FROM hub.timeline_verification WHERE begun_at < now() - ${KEPT}`);
  }
}
