type Key = Readonly<Record<string, string | number>>;

/** Counts in memory what is written later, with others. */
export class Tally<T extends Key> {
  private counted = new Map<string, { readonly of: T; count: number }>();

  add(of: T, count = 1): void {
    const key = Object.values(of).join(' ');
    const known = this.counted.get(key);
    if (known) known.count += count;
    else this.counted.set(key, { of, count });
  }

  /** Writes all that was counted since the last time. What could not be written is counted again. */
  async flush(write: (rows: readonly (T & { readonly count: number })[]) => Promise<unknown>): Promise<void> {
    const taken = [...this.counted.values()];
    if (taken.length === 0) return;
    this.counted = new Map();
    try {
      await write(taken.map(({ of, count }) => ({ ...of, count })));
    } catch (error) {
      for (const { of, count } of taken) this.add(of, count);
      throw error;
    }
  }
}
