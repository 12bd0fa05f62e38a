const { imul } = Math;

/** Room of a table at first; it doubles when that is full. */
const FIRST_CAPACITY = 64;
const NONE = 0xffffffff;

/** A consent in an `AnswerTable`: 64 bits of a hash. */
export interface ConsentKey {
  readonly high: number;
  readonly low: number;
}

/** cyrb53 with all of its 64 bits. */
export function consentKey(consentId: string): ConsentKey {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let n = 0; n < consentId.length; n++) {
    const code = consentId.charCodeAt(n);
    high = imul(high ^ code, 2654435761);
    low = imul(low ^ code, 1597334677);
  }
  high = imul(high ^ (high >>> 16), 2246822507) ^ imul(low ^ (low >>> 13), 3266489909);
  low = imul(low ^ (low >>> 16), 2246822507) ^ imul(high ^ (high >>> 13), 3266489909);
  return { high: high >>> 0, low: low >>> 0 };
}

/**
 * The lines of a file by consent and generation: a chained hash table in typed arrays. A file may have a million answers; as
 * objects they would need five times the memory, and the garbage collector would go through all of them.
 */
export class AnswerTable {
  private count = 0;
  private chains = emptyChains(FIRST_CAPACITY);
  private high = new Uint32Array(FIRST_CAPACITY);
  private low = new Uint32Array(FIRST_CAPACITY);
  private generation = new Uint32Array(FIRST_CAPACITY);
  private line = new Uint32Array(FIRST_CAPACITY);
  /** The entry before it in its chain. */
  private previous = new Uint32Array(FIRST_CAPACITY);

  add({ high, low }: ConsentKey, generation: number, line: number): void {
    if (this.count === this.line.length) this.grow();
    const entry = this.count++;
    this.high[entry] = high;
    this.low[entry] = low;
    this.generation[entry] = generation;
    this.line[entry] = line;
    this.link(entry);
  }

  /** Whether there is an answer to a request that spent this generation or a later one. */
  has(key: ConsentKey, generation: number): boolean {
    return this.match(this.lastOf(key), key, generation) !== NONE;
  }

  /** The lines with such answers, the last one first; a line with several is named as often. */
  lines(key: ConsentKey, generation: number): number[] {
    const lines: number[] = [];
    let entry = this.match(this.lastOf(key), key, generation);
    while (entry !== NONE) {
      lines.push(this.line[entry] ?? NONE);
      entry = this.match(this.previous[entry] ?? NONE, key, generation);
    }
    return lines;
  }

  /** The first such entry of a chain, from this entry on. */
  private match(from: number, { high, low }: ConsentKey, generation: number): number {
    let entry = from;
    while (entry !== NONE) {
      const isOfConsent = this.low[entry] === low && this.high[entry] === high;
      if (isOfConsent && (this.generation[entry] ?? 0) >= generation) break;
      entry = this.previous[entry] ?? NONE;
    }
    return entry;
  }

  private lastOf({ low }: ConsentKey): number {
    return this.chains[low & (this.chains.length - 1)] ?? NONE;
  }

  private link(entry: number): void {
    const chain = (this.low[entry] ?? 0) & (this.chains.length - 1);
    this.previous[entry] = this.chains[chain] ?? NONE;
    this.chains[chain] = entry;
  }

  private grow(): void {
    const capacity = 2 * this.count;
    this.high = enlarged(this.high, capacity);
    this.low = enlarged(this.low, capacity);
    this.generation = enlarged(this.generation, capacity);
    this.line = enlarged(this.line, capacity);
    this.previous = new Uint32Array(capacity);
    this.chains = emptyChains(capacity);
    for (let entry = 0; entry < this.count; entry++) this.link(entry);
  }
}

const emptyChains = (capacity: number) => new Uint32Array(capacity).fill(NONE);

function enlarged(column: Uint32Array, capacity: number) {
  const larger = new Uint32Array(capacity);
  larger.set(column);
  return larger;
}
