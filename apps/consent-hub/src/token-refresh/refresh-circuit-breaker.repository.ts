import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  ConsentRepository,
  DUE_PAIRS,
  HubEvents,
  SHARING,
  type EventData,
  type HubEventType,
} from '@consent-hub/consent';
import { runNamed, type NamedStatement } from '@consent-hub/platform';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { IS_UNDER_WAY } from '@consent-hub/token-grant';
import { DataSource, type EntityManager } from 'typeorm';
import type { CircuitBreakerState, CircuitBreakerStatus, UnderWay } from './circuit-breaker-state.js';
import type { Refusals } from './circuit-breaker-report.js';

/** The circuit breaker of a brand as it was read. */
export interface CircuitBreakerRow {
  readonly version: string;
  readonly state: CircuitBreakerState;
  readonly isDue: boolean;
  /** Among its recent consents and those that it was read for. */
  readonly sharing: Refusals['sharing'];
  /** Postgres' clock when it was read, and this process's monotonic one. */
  readonly readAt: number;
  readonly readAtMonotonic: number;
}

/** What is reported of a change of the circuit breaker. */
export interface CircuitBreakerEvent {
  readonly type: Extract<HubEventType, 'hub.refreshes_paused' | 'hub.refreshes_resumed'>;
  readonly data: EventData;
}

interface SelectedRow {
  version: string;
  status: CircuitBreakerStatus;
  allowance: number;
  recent: string[];
  under_way: Record<string, UnderWay>;
  canary_failures: number;
  next_canary_at: number | null;
  reported_at: number | null;
  resumed_at: number | null;
  opened_with: string[];
  is_paused: boolean;
  is_resumed_by_hand: boolean;
  sharing: string[][];
  now: number;
  is_due: boolean;
}

const epochMs = (moment: string): string => `(extract(epoch FROM ${moment}) * 1000)::double precision`;
const moment = (parameter: string): string => `to_timestamp(${parameter}::double precision / 1000)`;

const COLUMNS = `version, status, allowance, recent, under_way, canary_failures,
  ${epochMs('next_canary_at')} AS next_canary_at, ${epochMs('reported_at')} AS reported_at,
  ${epochMs('resumed_at')} AS resumed_at, ${epochMs('now()')} AS now, opened_with,
  paused_at IS NOT NULL AS is_paused, resumed_by IS NOT NULL AS is_resumed_by_hand`;

const READ: NamedStatement = {
  name: 'read_refresh_circuit_breaker',
  text: `
  SELECT ${COLUMNS},
         EXISTS (SELECT FROM ${DUE_PAIRS('$1')} AND NOT ${IS_UNDER_WAY('t')}) AS is_due,
         CASE WHEN cardinality($2::uuid[]) = 0 THEN '[]'
              ELSE ${SHARING(`array_remove(recent, '')::uuid[] || $2::uuid[]`)} END AS sharing
    FROM hub.refresh_circuit_breaker WHERE brand = $1`,
};

const SWAP: NamedStatement = {
  name: 'swap_refresh_circuit_breaker',
  text: `
  UPDATE hub.refresh_circuit_breaker
     SET version = version + 1, status = $3, allowance = $4, recent = $5, under_way = $6, canary_failures = $7,
         next_canary_at = ${moment('$8')}, reported_at = ${moment('$9')}, resumed_at = ${moment('$10')},
         opened_with = coalesce($11, opened_with), resumed_by = CASE WHEN $3 = 'half_open' THEN resumed_by END,
         changed_at = CASE WHEN status = $3 THEN changed_at ELSE now() END
   WHERE brand = $1 AND version = $2
  RETURNING ${COLUMNS}, true AS is_due, '[]'::jsonb AS sharing`,
};

const ADD_MISSING = `
  INSERT INTO hub.refresh_circuit_breaker (brand) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`;

/** Table `refresh_circuit_breaker`: read as it stands, written only as it was read. */
@Injectable()
export class RefreshCircuitBreakerRepository implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly hubEvents: HubEvents,
  ) {}

  /** A brand that no hub knew before gets its row, so that it needs no migration. */
  async onModuleInit(): Promise<void> {
    await this.dataSource.query(ADD_MISSING, [BRANDS]);
  }

  /** @param consents of which must be known whether they share a person or account, with each other or with a recent one */
  async read(brand: Brand, consents: readonly string[]): Promise<CircuitBreakerRow> {
    const [row] = await runNamed<SelectedRow>(this.dataSource, READ, [brand, consents]);
    if (!row) throw new Error(`no circuit breaker of ${brand}`);
    return toRow(row);
  }

  /**
   * @param event that scheduled refreshes are paused, or resumed, by this step; written in the same transaction
   * @returns the row as it stands now; null when another replica has written it since it was read
   */
  async swap(
    brand: Brand,
    row: CircuitBreakerRow,
    next: CircuitBreakerState,
    event: CircuitBreakerEvent | null = null,
  ): Promise<CircuitBreakerRow | null> {
    if (event === null) return this.write(this.dataSource, brand, row, next);
    return this.dataSource.transaction(async (tx) => {
      const written = await this.write(tx, brand, row, next);
      if (written) await this.hubEvents.record(tx, event.type, event.data);
      return written;
    });
  }

  private async write(
    on: DataSource | EntityManager,
    brand: Brand,
    { version, state }: CircuitBreakerRow,
    next: CircuitBreakerState,
  ): Promise<CircuitBreakerRow | null> {
    const { status, allowance, recent, underWay, canaryFailures } = next;
    const openedWith = next.openedWith === state.openedWith ? null : next.openedWith;
    const json = JSON.stringify(underWay);
    const moments = [next.nextCanaryAt, next.reportedAt, next.resumedAt];
    const values = [brand, version, status, allowance, recent, json, canaryFailures, ...moments, openedWith];
    const [row] = await runNamed<SelectedRow>(on, SWAP, values);
    return row ? toRow(row) : null;
  }

  /** Writes into the timelines of these consents that scheduled refreshes paused with them. */
  async recordPause(consentIds: readonly string[], facts: EventData): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      for (const id of [...consentIds].sort()) {
        await this.consents.lock(tx, id);
        await this.consents.record(tx, id, 'refresh_paused', 'hub:token-refresh', facts);
      }
    });
  }

  /** Postgres' clock now, as this process computes it from the reading; slow rather than fast where the machine slept. */
  now({ readAt, readAtMonotonic }: CircuitBreakerRow): number {
    return readAt + (performance.now() - readAtMonotonic);
  }
}

const toRow = (row: SelectedRow): CircuitBreakerRow => ({
  version: row.version,
  isDue: row.is_due,
  sharing: row.sharing,
  readAt: row.now,
  readAtMonotonic: performance.now(),
  state: {
    status: row.status,
    allowance: row.allowance,
    recent: row.recent,
    underWay: row.under_way,
    canaryFailures: row.canary_failures,
    nextCanaryAt: row.next_canary_at,
    reportedAt: row.reported_at,
    resumedAt: row.resumed_at,
    openedWith: row.opened_with,
    isPaused: row.is_paused,
    isResumedByHand: row.is_resumed_by_hand,
  },
});
