/** One value for all who ask, read again once it is old: at most one reading is under way at a time. */
export class Cached<T> {
  private latest: { readonly value: T; readonly at: number } | null = null;
  private reading: Promise<T> | null = null;

  /**
   * @param load reads the value
   * @param freshMs how long a value is fresh
   * @param staleMs how long an older one may be used while a newer one is being read; default: not at all
   */
  constructor(
    private readonly load: () => Promise<T>,
    private readonly freshMs: number,
    private readonly staleMs = 0,
  ) {}

  async read(): Promise<T> {
    const age = this.latest ? performance.now() - this.latest.at : Infinity;
    if (this.latest && age <= this.freshMs) return this.latest.value;
    const reading = this.reload();
    if (!this.latest || age > this.staleMs) return reading;
    // The next read gets the failure, once this value is too old.
    reading.catch(() => undefined);
    return this.latest.value;
  }

  /** What was read last, however old; null before the first reading and after `forget`. */
  get last(): T | null {
    return this.latest?.value ?? null;
  }

  /** What was read has changed: the next call reads it again. */
  forget(): void {
    this.latest = null;
    this.reading = null;
  }

  /** Reads it again, or waits for the reading that is under way. */
  reload(): Promise<T> {
    if (this.reading) return this.reading;
    const reading: Promise<T> = this.load()
      .then((value) => {
        // What was begun before `forget` is not kept.
        if (this.reading === reading) this.latest = { value, at: performance.now() };
        return value;
      })
      .finally(() => {
        if (this.reading === reading) this.reading = null;
      });
    this.reading = reading;
    return reading;
  }
}
