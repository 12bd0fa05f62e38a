/** Deliveries to one webhook in this process: those that wait, and those under way, of which there are only so many. */
export class EndpointQueue<T> {
  private readonly waiting: T[] = [];
  private underWay = 0;

  constructor(
    private readonly concurrency: number,
    /** Never rejects. */
    private readonly deliver: (item: T) => Promise<void>,
    private readonly onEnd: () => void,
  ) {}

  /** All that were added and have not ended. */
  get size(): number {
    return this.waiting.length + this.underWay;
  }

  add(item: T): void {
    this.waiting.push(item);
    this.fill();
  }

  /** Takes back what has not begun. */
  drain(): T[] {
    return this.waiting.splice(0);
  }

  private fill(): void {
    while (this.underWay < this.concurrency) {
      const item = this.waiting.shift();
      if (item === undefined) return;
      this.underWay++;
      void this.deliver(item).finally(() => {
        this.underWay--;
        this.fill();
        this.onEnd();
      });
    }
  }
}
