import { EventLoopLoad } from '@consent-hub/platform';

/** Each webhook keeps at least this share of its slots: events arrive later, and never stop. */
const LEAST_SHARE = 1 / 8;

/**
 * How many deliveries a webhook takes at a time. The fewer, the busier this process is: a message that waits a few seconds does no
 * harm, a refresh or the read of a token does.
 */
export class DeliverySlots {
  constructor(
    private readonly most: number,
    private readonly load = new EventLoopLoad(),
  ) {}

  get count(): number {
    return Math.max(1, Math.round(this.most * this.load.share(LEAST_SHARE)));
  }

  /** To be called often. @returns whether there may be more slots than before */
  measure(): boolean {
    const before = this.count;
    return this.load.measure() && this.count > before;
  }
}
