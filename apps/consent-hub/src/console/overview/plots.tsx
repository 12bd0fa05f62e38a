import type { JSX } from 'preact';
import { number, type Meaning } from '../frame/parts.js';

/** One bar of a plot, from the bottom to the top. */
export interface Bar {
  readonly title: string;
  readonly parts: readonly { readonly meaning: Meaning; readonly value: number }[];
}

interface BarPlot {
  /** What the plot shows, for who cannot see it. */
  readonly label: string;
  readonly bars: readonly Bar[];
  /** Below the plot, from its left edge to its right one. */
  readonly ticks: readonly string[];
}

const HEIGHT = 100;
const BAR_WIDTH = 0.82;

/** The next of 1, 2, 5, 10, 20, 50, … */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return power * ([1, 2, 5].find((step) => step * power >= value) ?? 10);
}

const heightOf = ({ parts }: Bar): number => parts.reduce((sum, { value }) => sum + value, 0);

function Column({
  bar,
  at,
  scale,
}: {
  readonly bar: Bar;
  readonly at: number;
  readonly scale: number;
}): JSX.Element {
  let top = HEIGHT;
  return (
    <g>
      <title>{bar.title}</title>
      <rect x={at} y={0} width={1} height={HEIGHT} fill-opacity={0} />
      {bar.parts
        .filter(({ value }) => value > 0)
        .map(({ meaning, value }) => {
          const height = (value / scale) * HEIGHT;
          top -= height;
          return (
            <rect
              key={meaning}
              class={`f-${meaning}`}
              x={at + (1 - BAR_WIDTH) / 2}
              y={round(top)}
              width={BAR_WIDTH}
              height={round(height)}
            />
          );
        })}
    </g>
  );
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

/** Stacked bars. The drawing stretches; the text around it does not. */
export function BarPlot({ label, bars, ticks }: BarPlot): JSX.Element {
  const scale = niceCeiling(Math.max(1, ...bars.map(heightOf)));
  return (
    <div class="plot-body">
      <div class="y" aria-hidden="true">
        <span>{number(scale)}</span>
        <span>0</span>
      </div>
      <svg viewBox={`0 0 ${bars.length} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <rect class="f-line" x={0} y={HEIGHT / 2} width={bars.length} height={0.4} />
        {bars.map((bar, at) => (
          <Column key={at} bar={bar} at={at} scale={scale} />
        ))}
      </svg>
      <div class="x" aria-hidden="true">
        {ticks.map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </div>
    </div>
  );
}

/** Which colour means what. */
export const Key = ({
  entries,
}: {
  readonly entries: readonly { readonly text: string; readonly meaning: Meaning }[];
}): JSX.Element => (
  <ul class="key">
    {entries.map(({ text, meaning }) => (
      <li key={text}>
        <svg viewBox="0 0 10 10" aria-hidden="true">
          <rect class={`f-${meaning}`} width="10" height="10" rx="2" />
        </svg>
        {text}
      </li>
    ))}
  </ul>
);
