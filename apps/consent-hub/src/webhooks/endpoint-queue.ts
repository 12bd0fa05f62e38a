const QUICK_MS = 250;
/** About the last ten count. */
const WEIGHT_OF_LATEST = 0.1;

/** Deliveries to one webhook in this process: those that wait, and those under way, of which there are only so many. */
export class EndpointQueue<T> {
  private readonly waiting: T[] = [];
  private underWay = 0;
  /** Moving average of how long deliveries take, milliseconds; null: none has ended. */
  private averageMs: number | null = null;
  private lastEndedAt = performance.now();

  constructor(
    /** How many may be under way now. */
    private readonly concurrency: () => number,
    /** Never rejects. */
    private readonly deliver: (item: T) => Promise<void>,
    private readonly onEnd: () => void,
  ) {}

  /** All that were added and have not ended. */
  get size(): number {
    return this.waiting.length + this.underWay;
  }

  /** Since the last delivery ended, milliseconds. */
  get idleMs(): number {
    return performance.now() - this.lastEndedAt;
  }

  /** Whether deliveries end so soon that many may wait here without outlasting their lease. */
  get isQuick(): boolean {
    return this.averageMs !== null && this.averageMs < QUICK_MS;
  }

  add(item: T): void {
    this.waiting.push(item);
    this.fill();
  }

  /** Begins what may begin: more may be under way than before. */
  fill(): void {
    while (this.underWay < this.concurrency()) {
      const item = this.waiting.shift();
      if (item === undefined) return;
      this.underWay++;
      const since = performance.now();
      void this.deliver(item).finally(() => {
        this.note(performance.now() - since);
        this.underWay--;
        this.fill();
        this.onEnd();
      });
    }
  }

  /** Takes back what has not begun. */
  drain(): T[] {
    return this.waiting.splice(0);
  }

  private note(milliseconds: number): void {
    this.lastEndedAt = performance.now();
    this.averageMs =
      this.averageMs === null
        ? milliseconds
        : this.averageMs + WEIGHT_OF_LATEST * (milliseconds - this.averageMs);
  }
}
