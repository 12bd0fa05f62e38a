import { Injectable } from '@nestjs/common';
import {
  DUE_PAIRS,
  HubFigures,
  type BrandFigures,
  type ConsentCount,
  type Figures,
  type RefreshCount,
} from '@consent-hub/consent';
import { perBrand, type Brand } from '@consent-hub/psd2-protocol';
import { IS_LEASED, OPEN_REQUESTS_OF_BRANDS } from '@consent-hub/token-grant';
import { DataSource } from 'typeorm';

/** For so long the same figures answer everybody, milliseconds. */
const FRESH_MS = 2_000;
/** What has waited so long waits too long: sweeps come every few seconds. */
const OVERDUE_AFTER = `interval '1 minute'`;
/** Due refreshes are counted up to here: a longer line than this is an outage, whatever its length. */
const COUNTED_DUE = 100_000;

type BrandRow = Omit<BrandFigures, 'circuitBreaker'> &
  BrandFigures['circuitBreaker'] & { readonly brand: Brand; readonly asOf: Date };

/** What the transitions appended, and what was summed up of it before. */
const CONSENTS = `
  SELECT brand, scope, state, sum(count)::double precision AS count
    FROM (SELECT brand, scope, state, count FROM hub.consent_count
          UNION ALL SELECT brand, scope, state, change FROM hub.consent_count_change) counted
   GROUP BY brand, scope, state HAVING sum(count) <> 0 ORDER BY brand, scope, state`;

/** By partial indexes: over due times, and over open requests. What is under way is not waiting any more. */
const BRANDS = `
  SELECT g.brand, g.status, g.changed_at AS since, g.next_canary_at AS "nextCanaryAt", g.paused_at AS "pausedAt", now() AS "asOf",
         due.count AS due, due.overdue, due.oldest AS "oldestDueAt",
         coalesce(open.count, 0) AS "openRequests", coalesce(open.doubtful, 0) AS "inDoubt"
    FROM hub.refresh_circuit_breaker g
    CROSS JOIN LATERAL (
      SELECT count(*)::integer AS count, min(refresh_due_at) AS oldest,
             count(*) FILTER (WHERE refresh_due_at < now() - ${OVERDUE_AFTER})::integer AS overdue
        FROM (SELECT refresh_due_at FROM ${DUE_PAIRS('g.brand')} AND NOT ${IS_LEASED('t')}
               ORDER BY refresh_due_at LIMIT ${COUNTED_DUE}) waiting
    ) due
    LEFT JOIN ${OPEN_REQUESTS_OF_BRANDS} open ON open.brand = g.brand`;

const REFRESHES = `
  SELECT hour, brand, outcome, count::double precision AS count FROM hub.refresh_tally
   WHERE hour > now() - interval '24 hours' ORDER BY hour, brand, outcome`;

/**
 * No count here reads a table of consents: those were counted as they changed, what is due or open is short, and refreshes
 * were added up by the hour.
 */
@Injectable()
export class HubFiguresQuery extends HubFigures {
  private latest: { readonly figures: Promise<Figures>; readonly at: number } | null = null;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override read(): Promise<Figures> {
    const now = performance.now();
    if (!this.latest || now - this.latest.at > FRESH_MS) {
      const figures = this.query();
      const latest = { figures, at: now };
      this.latest = latest;
      figures.catch(() => {
        if (this.latest === latest) this.latest = null;
      });
    }
    return this.latest.figures;
  }

  private query(): Promise<Figures> {
    return this.dataSource.transaction('REPEATABLE READ', async (tx) => {
      const brands = await tx.query<BrandRow[]>(BRANDS);
      const consents = await tx.query<ConsentCount[]>(CONSENTS);
      const refreshes = await tx.query<RefreshCount[]>(REFRESHES);
      const of = (brand: Brand): BrandFigures => toBrandFigures(brands.find((row) => row.brand === brand));
      return { asOf: brands[0]?.asOf ?? new Date(), consents, refreshes, brands: perBrand(of) };
    });
  }
}

function toBrandFigures(row: BrandRow | undefined): BrandFigures {
  if (!row) throw new Error('a brand has no circuit breaker');
  const { due, overdue, oldestDueAt, inDoubt, openRequests, status, since, nextCanaryAt, pausedAt } = row;
  return {
    due,
    overdue,
    oldestDueAt,
    inDoubt,
    openRequests,
    circuitBreaker: { status, since, nextCanaryAt, pausedAt },
  };
}
