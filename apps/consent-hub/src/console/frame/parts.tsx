import { isEnded, isLive, type ConsentState } from '@consent-hub/consent';
import type { ComponentChildren, JSX } from 'preact';

/** The one colour of each meaning. */
export type Meaning = 'good' | 'wait' | 'doubt' | 'bad' | 'ended';

export function meaningOf(state: ConsentState): Meaning {
  if (isLive(state)) return 'good';
  if (state === 'failed') return 'bad';
  return isEnded(state) ? 'ended' : 'wait';
}

const NUMBERS = new Intl.NumberFormat('en-GB');

/** `12 345`, with a space that does not break. */
export const number = (value: number): string => NUMBERS.format(value).replaceAll(',', '\u202f');

/** `1 pair`, `12 345 pairs` */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;

const STEPS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** `3 min`, `41 d`: one unit, rounded down. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [size, unit] = STEPS.find(([least]) => whole >= least) ?? [1, 's'];
  return `${number(Math.floor(whole / size))}\u00a0${unit}`;
}

/** `2026-11-28 03:40:12 UTC` */
export const exactTime = (at: Date): string => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** How long ago, or in how long, with the exact time in the title; or the other way round. */
export function Moment({
  at,
  exactly = false,
}: {
  readonly at: Date;
  readonly exactly?: boolean;
}): JSX.Element {
  const seconds = (at.getTime() - Date.now()) / 1000;
  const relative = seconds > 0 ? `in ${span(seconds)}` : `${span(-seconds)} ago`;
  return (
    <time dateTime={at.toISOString()} title={exactly ? relative : exactTime(at)}>
      {exactly ? exactTime(at) : relative}
    </time>
  );
}

export const Badge = ({
  meaning,
  children,
}: {
  readonly meaning: Meaning;
  readonly children: ComponentChildren;
}): JSX.Element => <span class={`badge ${meaning}`}>{children}</span>;

export const StateBadge = ({ state }: { readonly state: ConsentState }): JSX.Element => (
  <Badge meaning={meaningOf(state)}>{state}</Badge>
);

/** Text of any length in a cell; the whole of it in the title. */
export const Clip = ({ text }: { readonly text: string }): JSX.Element => (
  <span class="clip" title={text}>
    {text}
  </span>
);

/** In the place of what is not there: says what to do. */
export const Empty = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <div class="card empty">{children}</div>
);

interface Table {
  readonly caption: string;
  /** A heading whose text begins with `#` is of a column of numbers. */
  readonly headings: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** A table that scrolls by itself where it is wider than the screen; the keyboard reaches it. */
export const Table = ({ caption, headings, rows }: Table): JSX.Element => (
  <div class="scroll" role="region" aria-label={caption} tabIndex={0}>
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {headings.map((heading) => (
            <th key={heading} scope="col" class={heading.startsWith('#') ? 'n' : undefined}>
              {heading.replace(/^#/, '')}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, column) => (
              <td key={column} class={headings[column]?.startsWith('#') ? 'n' : undefined}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** `BE68 •••• 7034`: the country, its check digits, and the last four. */
export const maskIban = (iban: string): string =>
  iban.length < 12 ? '••••' : `${iban.slice(0, 4)} •••• ${iban.slice(-4)}`;
