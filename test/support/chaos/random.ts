import { randomInt } from 'node:crypto';

const SPREAD = 0x6d2b79f5;

/**
 * Chance that can be had again: give the printed number as CHAOS_SEED. What happens when is chosen by it; how the machine
 * then schedules the processes is not.
 */
export class Chance {
  private state: number;

  constructor(readonly seed = Number(process.env['CHAOS_SEED'] ?? randomInt(2 ** 31))) {
    this.state = seed;
    process.stderr.write(`chaos: CHAOS_SEED=${seed}\n`);
  }

  /** From 0, below 1 (mulberry32). */
  fraction(): number {
    this.state = (this.state + SPREAD) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from the first to the second, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }
}
