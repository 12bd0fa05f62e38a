import type { ComponentChildren, JSX } from 'preact';
import { number, type Meaning } from '../frame/parts.js';
import { DASHES, type Dash } from './plot-card.js';

/** One bar of a plot, from the bottom to the top. */
export interface Bar {
  readonly title: string;
  readonly parts: readonly { readonly meaning: Meaning; readonly value: number }[];
  /** A figure of its own, as a line across the bar. */
  readonly level?: number;
}

/** A stretch of time behind the bars; where it begins and ends, in bars from the left edge. */
export interface Band {
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

/** A moment; where it lies, in bars from the left edge. */
export interface Mark {
  readonly title: string;
  readonly at: number;
  readonly meaning: Meaning;
}

interface Plot {
  /** What the plot shows, for who cannot see it. */
  readonly label: string;
  /** Below the plot, from its left edge to its right one. */
  readonly ticks: readonly string[];
}

interface BarPlot extends Plot {
  readonly bars: readonly Bar[];
  readonly bands?: readonly Band[];
  readonly marks?: readonly Mark[];
  readonly isSmall?: boolean;
  /** The end of the scale; absent: the next round figure above the bars. */
  readonly top?: number;
}

const HEIGHT = 100;
const BAR_WIDTH = 0.82;

/** The next of 1, 2, 5, 10, 20, 50, … */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return power * ([1, 2, 5].find((step) => step * power >= value) ?? 10);
}

const heightOf = ({ parts, level = 0 }: Bar): number =>
  Math.max(
    level,
    parts.reduce((sum, { value }) => sum + value, 0),
  );

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

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
      {bar.level !== undefined && bar.level > 0 && (
        <path class="l-ink" d={`M${at} ${round(HEIGHT - (bar.level / scale) * HEIGHT)}h1`} />
      )}
    </g>
  );
}

/** Bands and marks outside the plot are cut to it, or left out. */
const Background = ({
  bands,
  width,
}: {
  readonly bands: readonly Band[];
  readonly width: number;
}): JSX.Element => (
  <>
    {bands.map(({ title, from, to }, at) => {
      const [left, right] = [Math.max(0, from), Math.min(width, to)];
      if (right <= left) return null;
      return (
        <rect key={at} class="f-band" x={round(left)} y={0} width={round(right - left)} height={HEIGHT}>
          <title>{title}</title>
        </rect>
      );
    })}
  </>
);

const Marks = ({
  marks,
  width,
}: {
  readonly marks: readonly Mark[];
  readonly width: number;
}): JSX.Element => (
  <>
    {marks
      .filter(({ at }) => at >= 0 && at <= width)
      .map(({ title, at, meaning }, nth) => (
        <path key={nth} class={`l-${meaning}`} stroke-dasharray="2 3" d={`M${round(at)} 0v${HEIGHT}`}>
          <title>{title}</title>
        </path>
      ))}
  </>
);

/** A drawing that stretches, with a scale at its left and ticks below, which do not. */
const PlotBody = ({
  plot: { label, ticks },
  top,
  width,
  isSmall = false,
  children,
}: {
  readonly plot: Plot;
  readonly top: string;
  readonly width: number;
  readonly isSmall?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <div class={isSmall ? 'plot-body small' : 'plot-body'}>
    <div class="y" aria-hidden="true">
      <span>{top}</span>
      <span>0</span>
    </div>
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="f-line" x={0} y={HEIGHT / 2} width={width} height={0.4} />
      {children}
    </svg>
    <div class="x" aria-hidden="true">
      {ticks.map((tick, at) => (
        <span key={at}>{tick}</span>
      ))}
    </div>
  </div>
);

/** Stacked bars, with what happened behind them. */
export function BarPlot(plot: BarPlot): JSX.Element {
  const { bars, bands = [], marks = [], isSmall = false } = plot;
  const scale = plot.top ?? niceCeiling(Math.max(1, ...bars.map(heightOf)));
  return (
    <PlotBody plot={plot} top={number(scale)} width={bars.length} isSmall={isSmall}>
      <Background bands={bands} width={bars.length} />
      {bars.map((bar, at) => (
        <Column key={at} bar={bar} at={at} scale={scale} />
      ))}
      <Marks marks={marks} width={bars.length} />
    </PlotBody>
  );
}

interface Line {
  readonly dash: Dash;
  /** One a step; null: unknown. */
  readonly values: readonly (number | null)[];
}

interface LinePlot extends Plot {
  readonly lines: readonly Line[];
  /** One a step: what is shown when one points at it. */
  readonly titles: readonly string[];
  readonly top: number;
  readonly unit: string;
}

/** From the middle of each step to that of the next one; a short level line where neither neighbour has a value. */
function pathOf({ values }: Line, top: number): string {
  const isKnown = (at: number): boolean => (values[at] ?? null) !== null;
  return values
    .map((value, at) => {
      if (value === null) return '';
      const y = round(HEIGHT - (Math.min(value, top) / top) * HEIGHT);
      if (isKnown(at - 1)) return `L${at + 0.5} ${y}`;
      return isKnown(at + 1) ? `M${at + 0.5} ${y}` : `M${at + 0.1} ${y}H${at + 0.9}`;
    })
    .join('');
}

/** Lines over the same steps. */
export const LinePlot = (plot: LinePlot): JSX.Element => (
  <PlotBody plot={plot} top={`${number(plot.top)} ${plot.unit}`} width={plot.titles.length} isSmall>
    {plot.titles.map((title, at) => (
      <rect key={at} x={at} y={0} width={1} height={HEIGHT} fill-opacity={0}>
        <title>{title}</title>
      </rect>
    ))}
    {plot.lines.map((line) => (
      <path
        key={line.dash}
        class="l-wait"
        stroke-dasharray={DASHES[line.dash]}
        d={pathOf(line, plot.top)}
        pointer-events="none"
      />
    ))}
  </PlotBody>
);
