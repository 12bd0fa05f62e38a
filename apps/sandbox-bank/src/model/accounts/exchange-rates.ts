/** What one euro buys, invented and never changing. A currency that is not here, the bank does not exchange. */
const PER_EURO: ReadonlyMap<string, number> = new Map([
  ['EUR', 1],
  ['USD', 1.1],
  ['GBP', 0.85],
  ['CHF', 0.95],
]);

/** Null where the bank does not exchange one for the other. */
export function exchanged(amount: number, from: string, to: string): number | null {
  const [rateFrom, rateTo] = [PER_EURO.get(from), PER_EURO.get(to)];
  return rateFrom === undefined || rateTo === undefined ? null : (amount / rateFrom) * rateTo;
}
