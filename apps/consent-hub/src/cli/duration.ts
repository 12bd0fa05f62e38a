import { UsageError } from './command.js';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const LONGEST_SECONDS = 3_650 * 86_400;

/** The form of a duration in an option. */
export const DURATION = '90s, 30m, 24h or 7d, up to 3650d';

/**
 * @returns seconds; a day has 24 hours
 * @throws UsageError
 */
export function readDuration(option: string, text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (SECONDS[unit ?? ''] ?? Number.NaN);
  if (seconds <= LONGEST_SECONDS) return seconds;
  throw new UsageError(`--${option} takes a duration such as ${DURATION}, not ${text}.`);
}
