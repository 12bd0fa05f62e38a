import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Up to this share of its time a process has time for everything. */
const AT_EASE = 0.7;
/** Not measured more often, milliseconds. */
const MEASURED_MS = 250;
/** What is older counts less by this factor for each `MEASURED_MS`: about the last second counts. */
const WEIGHT_OF_OLDER = 0.75;

/** How busy this process is. Work that may wait asks, and gives way to requests and refreshes. */
export class EventLoopLoad {
  private last: EventLoopUtilization = performance.eventLoopUtilization();
  private measuredAt = performance.now();
  /** Moving average of the share of time in which the event loop worked. */
  private busy = 0;

  /** To be called at least each second. @returns whether it measured: at most four times a second */
  measure(): boolean {
    const now = performance.now();
    const elapsed = now - this.measuredAt;
    if (elapsed < MEASURED_MS) return false;
    const latest = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(latest, this.last);
    const weight = 1 - WEIGHT_OF_OLDER ** (elapsed / MEASURED_MS);
    this.busy += weight * (utilization - this.busy);
    [this.last, this.measuredAt] = [latest, now];
    return true;
  }

  /**
   * What work that may wait takes of what it takes at most.
   *
   * @param least its share when the process does nothing but work: it never stops
   * @returns 1 while the process is at ease
   */
  share(least: number): number {
    return shareAt(this.busy, least);
  }
}

/** @param busy share of the time, 0 to 1 */
export const shareAt = (busy: number, least: number): number =>
  Math.max(least, Math.min(1, (1 - busy) / (1 - AT_EASE)));
