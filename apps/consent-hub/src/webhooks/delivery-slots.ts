import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Up to this share of its time a process has time for everything. */
const AT_EASE = 0.7;
/** Each webhook keeps at least this share of its slots: events arrive later, and never stop. */
const LEAST_SHARE = 1 / 8;
const MEASURED_MS = 250;
/** About the last second counts. */
const WEIGHT_OF_LATEST = 0.25;

/**
 * How many deliveries a webhook takes at a time. The fewer, the busier this process is: a message that waits a few seconds does no
 * harm, a refresh or the read of a token does.
 */
export class DeliverySlots {
  private last: EventLoopUtilization = performance.eventLoopUtilization();
  private measuredAt = performance.now();
  /** Moving average of the share of time in which the event loop worked. */
  private busy = 0;

  constructor(private readonly most: number) {}

  get count(): number {
    return slotsAt(this.busy, this.most);
  }

  /** To be called often; it measures four times a second. @returns whether there may be more slots than before */
  measure(): boolean {
    const now = performance.now();
    if (now - this.measuredAt < MEASURED_MS) return false;
    const before = this.count;
    const latest = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(latest, this.last);
    this.busy += WEIGHT_OF_LATEST * (utilization - this.busy);
    [this.last, this.measuredAt] = [latest, now];
    return this.count > before;
  }
}

/** @param busy share of the time, 0 to 1 */
export function slotsAt(busy: number, most: number): number {
  const share = Math.min(1, (1 - busy) / (1 - AT_EASE));
  return Math.max(1, Math.round(most * Math.max(LEAST_SHARE, share)));
}
