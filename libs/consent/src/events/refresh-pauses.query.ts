import type { Brand } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A time in which the circuit breaker of refreshes of a brand was open. */
export interface RefreshPause {
  readonly brand: Brand;
  /** Null: since before the time that was asked about. */
  readonly from: Date | null;
  /** Null: it is open. */
  readonly to: Date | null;
}

interface Change {
  readonly brand: Brand;
  readonly isPause: boolean;
  readonly at: Date;
}

/** Of each type the stretch of its index that belongs to the time. $1 hours */
export const PAUSES_AND_RESUMPTIONS = `
  SELECT data ->> 'brand' AS brand, true AS "isPause", at FROM hub.hub_event
   WHERE type = 'hub.refreshes_paused' AND at > now() - make_interval(hours => $1)
  UNION ALL
  SELECT data ->> 'brand', false, at FROM hub.hub_event
   WHERE type = 'hub.refreshes_resumed' AND at > now() - make_interval(hours => $1)
   ORDER BY at`;

/** Reads when scheduled refreshes were paused, from the events of the hub. */
@Injectable()
export class RefreshPausesQuery {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. A pause that began before these hours and has not ended is known by the state of the circuit breaker alone. */
  async ofLast(hours: number): Promise<readonly RefreshPause[]> {
    return pausesOf(await this.dataSource.query<Change[]>(PAUSES_AND_RESUMPTIONS, [hours]));
  }
}

/** @param changes oldest first; a pause may be reported again while it lasts */
export function pausesOf(changes: readonly Change[]): RefreshPause[] {
  const open = new Map<Brand, Date>();
  const seen = new Set<Brand>();
  const pauses: RefreshPause[] = [];
  for (const { brand, isPause, at } of changes) {
    const from = open.get(brand) ?? null;
    if (isPause) open.set(brand, from ?? at);
    else if (from !== null || !seen.has(brand)) {
      pauses.push({ brand, from, to: at });
      open.delete(brand);
    }
    seen.add(brand);
  }
  for (const [brand, from] of open) pauses.push({ brand, from, to: null });
  return pauses;
}
