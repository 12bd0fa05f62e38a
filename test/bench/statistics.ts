export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/** A ratio with its bars: the floor that must not be missed, and the aim. */
export interface Bar {
  readonly title: string;
  readonly ratio: number;
  readonly floor: number;
  readonly aim: number;
}

const verdict = ({ ratio, floor, aim }: Bar): string =>
  ratio >= aim ? 'aim reached' : ratio >= floor ? 'above the floor' : 'BELOW THE FLOOR';

const rounded = (bar: number): number => Number(bar.toFixed(2));

export const barLine = (bar: Bar): string =>
  `${bar.title.padEnd(64)} ${bar.ratio.toFixed(2).padStart(8)}   floor ${rounded(bar.floor)}, aim ${rounded(bar.aim)}: ${verdict(bar)}`;
