import { Injectable } from '@nestjs/common';
import { TokenGrantSettings } from './token-grant.settings.js';

interface Reading {
  readonly at: number;
  /** Least and greatest offset of the database's clock from this process's monotonic one, milliseconds. */
  readonly least: number;
  readonly greatest: number;
}

/** Clocks drift and are adjusted by less than this between two heartbeats. */
const DRIFT_MS = 1_000;

/**
 * How far the database's clock has jumped forward within the longest lease. Such a jump would end leases whose calls are still
 * under way; so for as long as the longest lease, they end that much later.
 */
@Injectable()
export class DatabaseClock {
  private readings: Reading[] = [];

  constructor(private readonly settings: TokenGrantSettings) {}

  /**
   * @param databaseMs what the database's clock showed, milliseconds since 1970
   * @param askedAt when it was asked, by the monotonic clock
   */
  note(databaseMs: number, askedAt: number): void {
    const at = performance.now();
    const oldest = at - this.settings.leaseSeconds * 1000;
    const reading = { at, least: databaseMs - at, greatest: databaseMs - askedAt };
    this.readings = [...this.readings.filter((each) => each.at >= oldest), reading];
  }

  /** Milliseconds by which leases end later than the database's clock says; 0 where it has not jumped. */
  get jumpMs(): number {
    const latest = this.readings.at(-1);
    if (!latest) return 0;
    const jump = latest.least - Math.min(...this.readings.map(({ greatest }) => greatest));
    return jump > DRIFT_MS ? jump : 0;
  }
}
