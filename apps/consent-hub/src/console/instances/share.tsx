import type { JSX } from 'preact';
import { number } from '../frame/parts.js';

/** A part of a whole, as a figure and as a bar. */
export const Share = ({ count, of }: { readonly count: number; readonly of: number }): JSX.Element => {
  const percent = of === 0 ? 0 : Math.round((100 * count) / of);
  return (
    <>
      {percent} % <span class="soft">({number(count)})</span>
      <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="f-line" width={100} height={8} />
        <rect class="f-good" width={percent} height={8} />
      </svg>
    </>
  );
};
