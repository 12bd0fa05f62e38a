interface Waiting<T, R> {
  readonly item: T;
  readonly done: (result: R) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Work on items that arrive together is done together: while one batch is being written, the next one gathers. A lone item
 * waits for nothing.
 */
export class GroupCommit<T, R> {
  private waiting: Waiting<T, R>[] = [];
  private running = false;

  /**
   * @param key two items of one key are never in the same batch
   * @param write gives one result an item, in their order
   */
  constructor(
    private readonly limit: number,
    private readonly key: (item: T) => string,
    private readonly write: (items: readonly T[]) => Promise<readonly R[]>,
  ) {}

  /** Resolves once its batch is written; rejects as the batch does. */
  add(item: T): Promise<R> {
    return new Promise((done, failed) => {
      this.waiting.push({ item, done, failed });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    // What was begun in the same tick arrives together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.take();
      try {
        const results = await this.write(batch.map(({ item }) => item));
        batch.forEach(({ done, failed }, n) => {
          const result = results[n];
          if (result === undefined) failed(new Error('a result is missing'));
          else done(result);
        });
      } catch (error) {
        batch.forEach(({ failed }) => failed(error));
      }
    }
    this.running = false;
  }

  private take(): Waiting<T, R>[] {
    const keys = new Set<string>();
    const batch: Waiting<T, R>[] = [];
    const later: Waiting<T, R>[] = [];
    for (const entry of this.waiting) {
      const key = this.key(entry.item);
      const fits = batch.length < this.limit && !keys.has(key);
      keys.add(key);
      (fits ? batch : later).push(entry);
    }
    this.waiting = later;
    return batch;
  }
}
