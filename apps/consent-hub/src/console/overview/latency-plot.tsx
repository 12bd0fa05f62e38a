import type { LatencyCount } from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { number, Table } from '../frame/parts.js';
import { percentile } from './percentiles.js';
import { LineKey, PlotCard, TableTwin, type Dash } from './plot-card.js';
import { LinePlot, niceCeiling } from './plots.js';
import { byStep, RANGES, stepsOf, stepText, ticksOf, type Range } from './steps.js';

const PERCENTILES = [
  { text: 'p50', part: 0.5, dash: 'solid' },
  { text: 'p95', part: 0.95, dash: 'dashed' },
  { text: 'p99', part: 0.99, dash: 'dotted' },
] as const satisfies readonly { readonly text: string; readonly part: number; readonly dash: Dash }[];

interface Step {
  readonly brand: Brand;
  readonly at: Date;
  readonly calls: number;
  /** In the order of `PERCENTILES`; null where the bank was not called. */
  readonly ms: readonly (number | null)[];
}

const NONE = '–';
const inMs = (ms: number | null): string => (ms === null ? NONE : `${number(ms)} ms`);

const percentilesOf = (rows: readonly LatencyCount[]): (number | null)[] =>
  PERCENTILES.map(({ part }) => percentile(rows, part));

const callsOf = (rows: readonly LatencyCount[]): number => rows.reduce((sum, { count }) => sum + count, 0);

const titleOf = ({ at, calls, ms }: Step): string =>
  calls === 0
    ? `${stepText(at)} UTC: no call`
    : `${stepText(at)} UTC: ${PERCENTILES.map(({ text }, nth) => `${text} ${inMs(ms[nth] ?? null)}`).join(', ')} of ${number(calls)} calls`;

/** How long the bank takes for POST /token, by brand. */
export function LatencyPlot({
  latencies,
  range,
  asOf,
}: {
  readonly latencies: readonly LatencyCount[];
  readonly range: Range;
  readonly asOf: Date;
}): JSX.Element {
  const steps = stepsOf(range, asOf);
  const brands = BRANDS.map((brand) => {
    const all = byStep(
      steps,
      latencies.filter((row) => row.brand === brand),
    );
    return {
      brand,
      sum: percentilesOf(all.flat()),
      calls: callsOf(all.flat()),
      steps: all.map((rows, at): Step => ({
        brand,
        at: steps.starts[at] ?? asOf,
        calls: callsOf(rows),
        ms: percentilesOf(rows),
      })),
    };
  });
  const longest = Math.max(...brands.flatMap((brand) => brand.steps.flatMap(({ ms }) => ms.map(Number))));
  const top = niceCeiling(Math.max(longest, 10));
  return (
    <PlotCard
      id="latency"
      title="Latency of POST /token"
      aside={<span class="asof">{RANGES[range].text}</span>}
    >
      {brands.every(({ calls }) => calls === 0) && (
        <p class="soft">The bank was not called in this time. It is, for each code and each refresh.</p>
      )}
      {brands.map(({ brand, sum, calls, steps: ofBrand }) => (
        <div key={brand} class="multiple">
          <p>
            <b>{BRAND_NAMES[brand]}</b>:{' '}
            {calls === 0
              ? 'no call'
              : PERCENTILES.map(({ text }, nth) => `${text} ${inMs(sum[nth] ?? null)}`).join(', ')}
          </p>
          <LinePlot
            label={`Milliseconds of calls for tokens of ${BRAND_NAMES[brand]}, p50, p95 and p99, ${number(calls)} calls in all; the table below holds the figures`}
            titles={ofBrand.map(titleOf)}
            lines={PERCENTILES.map(({ dash }, nth) => ({
              dash,
              values: ofBrand.map(({ ms }) => ms[nth] ?? null),
            }))}
            top={top}
            unit="ms"
            ticks={ticksOf(steps, range)}
          />
        </div>
      ))}
      <LineKey entries={PERCENTILES.map(({ text, dash }) => ({ text, dash, meaning: 'wait' as const }))} />
      <TableTwin label="Times of the bank">
        <Table
          caption="Time of the bank for POST /token by brand, latest first"
          headings={['From (UTC)', 'Brand', '#Calls', ...PERCENTILES.map(({ text }) => `#${text}`)]}
          rows={brands
            .flatMap((brand) => brand.steps)
            .filter(({ calls }) => calls > 0)
            .sort((one, other) => other.at.getTime() - one.at.getTime())
            .map(({ brand, at, calls, ms }) => [
              stepText(at),
              BRAND_NAMES[brand],
              number(calls),
              ...ms.map(inMs),
            ])}
        />
      </TableTwin>
    </PlotCard>
  );
}
