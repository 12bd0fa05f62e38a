import type { JSX } from 'preact';

/** How a message is meant: done, under way, failed, a way to continue, or none of these. Classes of the stylesheet. */
export type Mood = 'good' | 'wait' | 'bad' | 'way' | 'none';

const SIGNS: Record<Mood, string> = {
  good: 'M20 33l9 9 16-19',
  wait: 'M32 20v13l8 6',
  bad: 'M32 19v17M32 43v2',
  way: 'M21 32h22M34 22l10 10-10 10',
  none: 'M21 32h22',
};

/** The sign above a message; the message says the same in words. */
export const Sign = ({ mood }: { readonly mood: Mood }): JSX.Element => (
  <svg
    viewBox="0 0 64 64"
    fill="none"
    stroke="currentColor"
    stroke-width="4"
    stroke-linecap="round"
    aria-hidden="true"
  >
    <circle cx="32" cy="32" r="28" stroke-opacity=".35" />
    <path d={SIGNS[mood]} stroke-linejoin="round" />
  </svg>
);
