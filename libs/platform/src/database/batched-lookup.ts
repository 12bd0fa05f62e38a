/** Keys of one statement. */
const BATCH = 128;
/** Callers that may wait at a time, for some ten statements. */
const MOST_WAITING = 1_000;

/** More callers wait for a lookup than it is worth waiting behind. */
export class LookupOverflowError extends Error {
  constructor() {
    super(`${MOST_WAITING} lookups are waiting already`);
    this.name = 'LookupOverflowError';
  }
}

interface Waiter<V> {
  readonly found: (value: V | null) => void;
  readonly failed: (error: unknown) => void;
}

interface Asked<K, V> {
  readonly key: K;
  readonly waiters: Waiter<V>[];
}

type Batch<K, V> = Map<string, Asked<K, V>>;

/**
 * Lookups by key that are asked for in the same turn of the event loop share one statement, and while it runs the next batch
 * gathers; a lone lookup waits for nothing. What a lookup costs is its round trip, and many share one.
 *
 * Not `dataloader`: without its cache, which would outlive the statement, it asks for the same key as often as it is wanted,
 * lets any number wait, and takes what each socket brings for a turn of its own.
 */
export class BatchedLookup<K, V> {
  private gathering: Batch<K, V> = new Map();
  private waiting = 0;
  private isBusy = false;

  /**
   * @param nameOf two keys of one name are the same key
   * @param read what there is of these keys, by name. When it fails, all of them fail: no key may be one that a statement
   *   refuses
   */
  constructor(
    private readonly nameOf: (key: K) => string,
    private readonly read: (keys: readonly K[]) => Promise<ReadonlyMap<string, V>>,
  ) {}

  /**
   * Never joins a statement that runs already: it sees what was committed before this call.
   *
   * @throws LookupOverflowError
   */
  find(key: K): Promise<V | null> {
    if (this.waiting >= MOST_WAITING) return Promise.reject(new LookupOverflowError());
    return new Promise((found, failed) => {
      this.waiting++;
      const name = this.nameOf(key);
      const asked = this.gathering.get(name);
      if (asked) asked.waiters.push({ found, failed });
      else this.gathering.set(name, { key, waiters: [{ found, failed }] });
      if (!this.isBusy) this.schedule();
    });
  }

  private schedule(): void {
    this.isBusy = true;
    // Comes after everything that the sockets bring in this turn.
    setImmediate(() => void this.run());
  }

  private async run(): Promise<void> {
    const batch = this.take();
    try {
      const values = await this.read([...batch.values()].map(({ key }) => key));
      this.settle(batch, (name, { found }) => found(values.get(name) ?? null));
    } catch (error) {
      this.settle(batch, (_name, { failed }) => failed(error));
    }
    this.isBusy = false;
    if (this.gathering.size > 0) this.schedule();
  }

  private take(): Batch<K, V> {
    const all = [...this.gathering];
    this.gathering = new Map(all.slice(BATCH));
    return new Map(all.slice(0, BATCH));
  }

  private settle(batch: Batch<K, V>, tell: (name: string, waiter: Waiter<V>) => void): void {
    for (const [name, { waiters }] of batch) {
      this.waiting -= waiters.length;
      for (const waiter of waiters) tell(name, waiter);
    }
  }
}
