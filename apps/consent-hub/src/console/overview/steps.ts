const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** How far the plots of the overview look back, and what one bar of them holds. */
export const RANGES = {
  '24h': { text: '24 hours', hours: 24, stepHours: 1 },
  '7d': { text: '7 days', hours: 168, stepHours: 1 },
  '30d': { text: '30 days', hours: 720, stepHours: 6 },
} as const;
export type Range = keyof typeof RANGES;

export const isRange = (text: unknown): text is Range =>
  typeof text === 'string' && Object.hasOwn(RANGES, text);

/** The stretches of time that a plot is made of, oldest first; they begin at full hours of UTC. */
export interface Steps {
  readonly starts: readonly Date[];
  readonly stepMs: number;
}

/** The last step is the one that `asOf` belongs to. */
export function stepsOf(range: Range, asOf: Date): Steps {
  const { hours, stepHours } = RANGES[range];
  const [stepMs, count] = [stepHours * HOUR_MS, hours / stepHours];
  const first = Math.floor(asOf.getTime() / stepMs) - count + 1;
  return { stepMs, starts: Array.from({ length: count }, (_, at) => new Date((first + at) * stepMs)) };
}

/** Where a moment lies in steps: 0 at the beginning of the first one; it may lie outside. */
export const placeOf = ({ starts, stepMs }: Steps, at: Date): number =>
  (at.getTime() - (starts[0]?.getTime() ?? 0)) / stepMs;

/** The rows of each step; those of no step are left out. */
export function byStep<T extends { readonly hour: Date }>(steps: Steps, rows: readonly T[]): T[][] {
  const all: T[][] = steps.starts.map(() => []);
  for (const row of rows) all[Math.floor(placeOf(steps, row.hour))]?.push(row);
  return all;
}

/** `11-28 14:00` */
export const stepText = (at: Date): string =>
  `${at.toISOString().slice(5, 10)} ${at.toISOString().slice(11, 16)}`;

/** So many of them, evenly spread, the first and the last among them. */
export const spread = <T>(all: readonly T[], most: number): T[] =>
  all.length <= most
    ? [...all]
    : Array.from({ length: most }, (_, at) => all[Math.round((at * (all.length - 1)) / (most - 1))] as T);

const MOST_TICKS = 5;

/** What stands below a plot, from its left edge to its right one. */
export const ticksOf = ({ starts }: Steps, range: Range): string[] =>
  spread(starts, MOST_TICKS).map((at) =>
    range === '24h' ? at.toISOString().slice(11, 16) : at.toISOString().slice(5, 10),
  );

/** The same below a plot of days. */
export const dayTicks = (days: readonly string[]): string[] =>
  spread(days, MOST_TICKS).map((day) => day.slice(5));
