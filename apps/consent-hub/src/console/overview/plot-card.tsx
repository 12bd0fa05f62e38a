import type { ComponentChildren, JSX } from 'preact';
import type { Meaning } from '../frame/parts.js';

/** How a line is drawn, so that lines are not distinguished by colour alone. */
export type Dash = 'solid' | 'dashed' | 'dotted';
export const DASHES: Readonly<Record<Dash, string | undefined>> = {
  solid: undefined,
  dashed: '7 4',
  dotted: '1.5 3.5',
};

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

/** Which line means what: the same strokes as in the plot. */
export const LineKey = ({
  entries,
}: {
  readonly entries: readonly {
    readonly text: string;
    readonly dash: Dash | 'mark' | 'level';
    readonly meaning: Meaning;
  }[];
}): JSX.Element => (
  <ul class="key">
    {entries.map(({ text, dash, meaning }) => (
      <li key={text}>
        <svg class="stroke" viewBox="0 0 24 10" aria-hidden="true">
          {dash === 'mark' ? (
            <path class={`l-${meaning}`} stroke-dasharray="2 3" d="M12 0v10" />
          ) : dash === 'level' ? (
            <path class="l-ink" d="M0 5h24" />
          ) : (
            <path class={`l-${meaning}`} stroke-dasharray={DASHES[dash]} d="M0 5h24" />
          )}
        </svg>
        {text}
      </li>
    ))}
  </ul>
);

/** A plot with its heading, and the table that holds the same figures. */
export const PlotCard = ({
  id,
  title,
  aside,
  isWide = false,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <section class={isWide ? 'card wide' : 'card'} aria-labelledby={id}>
    <div class="plot-head">
      <h2 id={id}>{title}</h2>
      {aside}
    </div>
    {children}
  </section>
);

/** The table of a plot, folded. */
export const TableTwin = ({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <details class="twin">
    <summary>As a table</summary>
    <div class="rows" tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  </details>
);
