/*
 * What was recorded of a run, held against the rules of the model. A history is NDJSON, one entry a line, in any order.
 */

interface Entry {
  /** Milliseconds, of one clock for the whole history. */
  readonly at: number;
  /** The process or replica. */
  readonly process: string;
  /** What names the consent. */
  readonly consent: string;
  /** What names the pair that is spent: a generation, or a hash of the token. */
  readonly pair: string;
  /** What names the call in this history. */
  readonly call: string;
}

/**
 * - `reserved`: the journal has a request of this process for the pair
 * - `sent`: the pair went to the bank
 * - `ended`: the call has ended, with or without an answer
 * - `had`: the process has the answer, and it grants the next pair
 */
export interface TraceEntry extends Entry {
  readonly action: 'reserved' | 'sent' | 'ended' | 'had';
}

export const toTrace = (entries: readonly TraceEntry[]): string[] =>
  entries.map((entry) => JSON.stringify(entry));

/** What in a recorded history the model does not allow; empty when it allows all. */
export function checkTrace(lines: readonly string[]): string[] {
  const entries = lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as TraceEntry);
  // At equal times, an entry that precedes a call is sorted before it.
  entries.sort((a, b) => a.at - b.at || ORDER.indexOf(a.action) - ORDER.indexOf(b.action));
  const reservations = new Map<string, number>();
  const underWay = new Map<string, Map<string, string>>();
  const had = new Map<string, string>();
  const violations: string[] = [];
  for (const { action, process, consent, pair, call } of entries) {
    const [name, own] = [`${consent} ${pair}`, `${process} ${consent} ${pair}`];
    const calls = underWay.get(name) ?? new Map<string, string>();
    underWay.set(name, calls);
    switch (action) {
      case 'reserved':
        reservations.set(own, (reservations.get(own) ?? 0) + 1);
        break;
      case 'sent': {
        const left = reservations.get(own) ?? 0;
        const what = `${process} sent pair ${pair} of consent ${consent}`;
        if (left === 0) violations.push(`${what} without a request of its own`);
        for (const other of calls.values())
          violations.push(`${what} while the call of ${other} was under way`);
        const holder = had.get(name);
        if (holder !== undefined) violations.push(`${what} although ${holder} had the answer to it`);
        reservations.set(own, left - 1);
        calls.set(call, process);
        break;
      }
      case 'ended':
        calls.delete(call);
        break;
      case 'had':
        had.set(name, process);
        break;
    }
  }
  return violations;
}

const ORDER: readonly TraceEntry['action'][] = ['reserved', 'ended', 'had', 'sent'];
