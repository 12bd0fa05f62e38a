import {
  HubEvents,
  RefreshPauses,
  type ActingAdmin,
  type CircuitBreakerStanding,
  type HubEventType,
} from '@consent-hub/consent';
import type { Brand } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { RefreshSettings } from '../config/refresh.settings.js';

type Row = Omit<CircuitBreakerStanding, 'results' | 'failures' | 'window'> & { readonly results: string[] };

/** What opened it stays in sight until it has closed. */
const READ = `
  SELECT brand, status, changed_at AS since, next_canary_at AS "nextCanaryAt", paused_at AS "pausedAt", paused_by AS "pausedBy",
         resumed_by AS "resumedBy", canary_failures AS "canaryFailures",
         CASE status WHEN 'closed' THEN recent ELSE opened_with || recent END AS results,
         (SELECT coalesce(sum((held ->> 'count')::integer), 0)::integer
            FROM jsonb_each(under_way) AS instances (name, held)
           WHERE (held ->> 'lapsesAt')::double precision > extract(epoch FROM now()) * 1000) AS "underWay"
    FROM hub.refresh_circuit_breaker ORDER BY brand`;

/** The version is raised, so that no hub continues with what it has read before. */
const PAUSE = `
  WITH paused AS (
    UPDATE hub.refresh_circuit_breaker SET version = version + 1, paused_at = now(), paused_by = $2
     WHERE brand = $1 AND paused_at IS NULL
    RETURNING brand
  )
  SELECT brand FROM paused`;

/** Where it is open, one refresh is tried in the place of a canary. */
const RESUME = `
  WITH resumed AS (
    UPDATE hub.refresh_circuit_breaker
       SET version = version + 1, paused_at = NULL, paused_by = NULL, resumed_at = now(),
           status = CASE status WHEN 'open' THEN 'half_open' ELSE status END,
           changed_at = CASE status WHEN 'open' THEN now() ELSE changed_at END,
           allowance = CASE status WHEN 'open' THEN 1 ELSE allowance END,
           recent = CASE status WHEN 'open' THEN '{}' ELSE recent END,
           resumed_by = CASE status WHEN 'open' THEN $2 ELSE resumed_by END,
           next_canary_at = NULL
     WHERE brand = $1 AND (paused_at IS NOT NULL OR status = 'open')
    RETURNING brand
  )
  SELECT brand FROM resumed`;

/** What persons do to table `refresh_circuit_breaker`, and what they see of it. */
@Injectable()
export class RefreshPausesRepository extends RefreshPauses {
  constructor(
    private readonly dataSource: DataSource,
    private readonly hubEvents: HubEvents,
    private readonly settings: RefreshSettings,
  ) {
    super();
  }

  override async read(): Promise<readonly CircuitBreakerStanding[]> {
    const { REFRESH_GUARD_FAILURES: failures, REFRESH_GUARD_WINDOW: window } = this.settings;
    const rows = await this.dataSource.query<Row[]>(READ);
    return rows.map((row) => ({
      ...row,
      failures,
      window,
      results: row.results.slice(-window).map((consentId) => (consentId === '' ? null : consentId)),
    }));
  }

  override pause(tx: EntityManager, brand: Brand, by: ActingAdmin): Promise<boolean> {
    return this.change(tx, PAUSE, brand, { type: 'hub.refreshes_paused', reason: 'paused_by_admin', by });
  }

  override resume(tx: EntityManager, brand: Brand, by: ActingAdmin): Promise<boolean> {
    return this.change(tx, RESUME, brand, { type: 'hub.refreshes_resumed', reason: 'resumed_by_admin', by });
  }

  private async change(
    tx: EntityManager,
    statement: string,
    brand: Brand,
    { type, reason, by }: { readonly type: HubEventType; readonly reason: string; readonly by: ActingAdmin },
  ): Promise<boolean> {
    const { actor, adminAction } = by;
    const changed = await tx.query<object[]>(statement, [brand, actor]);
    if (changed.length === 0) return false;
    await this.hubEvents.record(tx, type, { brand, reason, actor, admin_action: adminAction });
    return true;
  }
}
