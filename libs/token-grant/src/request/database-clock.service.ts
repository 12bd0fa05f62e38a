import { Injectable } from '@nestjs/common';
import { TokenGrantSettings } from '../token-grant.settings.js';

interface Reading {
  readonly at: number;
  /** Greatest possible difference of the database's clock from this process's monotonic one; milliseconds. */
  readonly greatest: number;
}

/** Clocks drift and are adjusted by less than this between two heartbeats. */
const DRIFT_MS = 1_000;

/**
 * What the database's clock may show. One that jumps forward would end leases whose calls are still under way; so for as long as
 * the longest lease, they end by the clock from before.
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
    const reading = { at, greatest: databaseMs - askedAt };
    this.readings = [...this.readings.filter((each) => each.at >= oldest), reading];
  }

  /**
   * What the database's clock shows by now at the latest, if it has not jumped; milliseconds since 1970. Null before it was read.
   */
  get latestMs(): number | null {
    if (this.readings.length === 0) return null;
    return performance.now() + Math.min(...this.readings.map(({ greatest }) => greatest)) + DRIFT_MS;
  }
}
