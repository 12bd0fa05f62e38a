import {
  FigureHistory,
  type ConsentFlow,
  type LatencyCount,
  type StateReason,
  type TokenReadCount,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export const TOKEN_READS = `
  SELECT hour, api_client_id AS "apiClientId", count::double precision AS count FROM hub.token_read_tally
   WHERE hour > now() - make_interval(hours => $1) ORDER BY hour, api_client_id`;

export const LATENCIES = `
  SELECT hour, brand, up_to_ms AS "upToMs", count::double precision AS count FROM hub.bank_latency_tally
   WHERE hour > now() - make_interval(hours => $1) ORDER BY hour, brand, up_to_ms`;

/** What was added up, and what the transitions have appended since. */
export const CONSENT_FLOWS = `
  SELECT to_char(day, 'YYYY-MM-DD') AS day, brand, state, reason, sum(count)::double precision AS count
    FROM (SELECT day, brand, state, reason, count FROM hub.consent_tally
           WHERE day > (now() AT TIME ZONE 'UTC')::date - $1::integer
          UNION ALL SELECT (at AT TIME ZONE 'UTC')::date, brand, state, coalesce(reason, ''), change
            FROM hub.consent_count_change WHERE change > 0) entered
   GROUP BY day, brand, state, reason ORDER BY day, brand, state, reason`;

/** Figures as they were added up by the hour and by the day: no table of consents, pairs or requests is read. */
@Injectable()
export class FigureHistoryQuery extends FigureHistory {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override tokenReads(hours: number): Promise<readonly TokenReadCount[]> {
    return this.dataSource.query<TokenReadCount[]>(TOKEN_READS, [hours]);
  }

  override latencies(hours: number): Promise<readonly LatencyCount[]> {
    return this.dataSource.query<LatencyCount[]>(LATENCIES, [hours]);
  }

  override async consentFlows(days: number): Promise<readonly ConsentFlow[]> {
    const rows = await this.dataSource.query<(Omit<ConsentFlow, 'reason'> & { readonly reason: string })[]>(
      CONSENT_FLOWS,
      [days],
    );
    return rows.map((row) => ({ ...row, reason: row.reason === '' ? null : (row.reason as StateReason) }));
  }
}
