/** What one reading of the database shows: the numbers are in the order in which they were read. */
export interface FeedReading {
  /** All transactions with a lower number had ended, and the statement sees what they committed. */
  readonly endedBelow: number;
  /** The last position that was drawn; 0: none yet. */
  readonly lastPosition: number;
  /** The next transaction gets this number, or a higher one. */
  readonly nextTransaction: number;
}

/**
 * Determines how far the events of a database are complete, without a lock and without a write.
 *
 * Positions come from a sequence. A transaction that drew a low one may commit after one that drew a higher one: a reader that continues
 * from the highest position it saw would miss the late one. But each transaction gets its own number before it draws a position
 * (triggers of `consent_event` and `hub_event`). So, when a reader reads first the last position P that was drawn, and then the number
 * N that the next transaction will get, each transaction that drew P or a lower position has a number below N. Once all transactions below N have
 * ended, each position up to P is visible, or was rolled back: no event will ever appear there.
 *
 * "All below N have ended" is `pg_snapshot_xmin(pg_current_snapshot()) >= N`. N itself is not `pg_snapshot_xmax`: that is the number
 * after the last transaction that has *ended*; one that is still open may have a higher number than it, and would be missed.
 *
 * Two pairs are remembered, the oldest that is not decided yet and the newest. The oldest stays until it is decided, so that a database
 * that is never without a transaction still advances.
 */
export class EventWatermark {
  private decided = 0;
  private oldest: FeedReading | null = null;
  private newest: FeedReading | null = null;

  /** All events up to this position are visible to statements that begin now; 0 before the first reading. */
  get finalPosition(): number {
    return this.decided;
  }

  /** The oldest reading that is not decided yet. */
  get waitsFor(): FeedReading | null {
    return this.oldest;
  }

  /** @returns the final position; it never falls */
  note(reading: FeedReading): number {
    // A server that took over has forgotten transactions: what was read at the one before decides nothing.
    const isForgotten = this.newest && reading.nextTransaction < this.newest.nextTransaction;
    const undecided = [...(isForgotten ? [] : [this.oldest, this.newest]), reading].filter((pair) => {
      if (!pair || reading.endedBelow < pair.nextTransaction) return pair !== null;
      this.knows(pair.lastPosition);
      return false;
    });
    this.oldest = undecided.find((pair) => pair !== null && pair.lastPosition > this.decided) ?? null;
    this.newest = reading;
    return this.decided;
  }

  /** Positions up to this one were final before, for this process or for another one. */
  knows(position: number): void {
    this.decided = Math.max(this.decided, position);
  }

  /** Whether the database has lost positions that were final: it will draw them once more, unless its sequence is moved on. */
  isAheadOf({ lastPosition }: FeedReading): boolean {
    return lastPosition < this.decided;
  }
}
