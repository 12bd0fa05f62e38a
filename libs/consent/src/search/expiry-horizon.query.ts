import { BRANDS, SCOPES, type Brand } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LIVE_STATES } from '../domain/consent-state.js';

/** So many days ahead, today among them. */
export const HORIZON_DAYS = 180;

/** How many live consents end on each of the next days. */
export interface ExpiryHorizon {
  readonly asOf: Date;
  /** Days without any are left out; in no order. */
  readonly days: readonly {
    /** `2026-01-31`, in UTC. */
    readonly day: string;
    readonly brand: Brand;
    readonly count: number;
  }[];
}

/** For each kind of live consents, one range of the index that is ordered by the end of their validity. */
export const HORIZON = `
  SELECT now() AS as_of, k2.brand, c.day, sum(c.count)::double precision AS count
    FROM unnest($1::text[]) AS k1 (scope) CROSS JOIN unnest($2::text[]) AS k2 (brand) CROSS JOIN unnest($3::text[]) AS k3 (state)
    CROSS JOIN LATERAL (
      SELECT to_char(c.consent_expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(*) AS count
        FROM hub.consent c
       WHERE c.scope = k1.scope AND c.brand = k2.brand AND c.state = k3.state
         AND c.consent_expires_at >= date_trunc('day', now(), 'UTC')
         AND c.consent_expires_at < date_trunc('day', now(), 'UTC') + interval '${HORIZON_DAYS} days'
       GROUP BY 1
    ) c
   GROUP BY k2.brand, c.day`;

export const HORIZON_VALUES = [SCOPES, BRANDS, LIVE_STATES] as const;

interface Row {
  readonly as_of: Date;
  readonly brand: Brand;
  readonly day: string;
  readonly count: number;
}

/** Reads every live consent of the index: ask it rarely. */
@Injectable()
export class ExpiryHorizonQuery {
  constructor(private readonly dataSource: DataSource) {}

  async read(): Promise<ExpiryHorizon> {
    const rows = await this.dataSource.query<Row[]>(HORIZON, [...HORIZON_VALUES]);
    return {
      asOf: rows[0]?.as_of ?? new Date(),
      days: rows.map(({ day, brand, count }) => ({ day, brand, count })),
    };
  }
}
