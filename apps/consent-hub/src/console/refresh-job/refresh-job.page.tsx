import type { DueCurve, InstanceRun } from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Moment, number, plural, span, Table } from '../frame/parts.js';
import { MEANING_OF_STATE, stateOf } from '../instances/instance-state.js';
import { Share } from '../instances/share.js';
import { PlotCard, TableTwin } from '../overview/plot-card.js';
import { BarPlot, niceCeiling } from '../overview/plots.js';
import { spread, stepText } from '../overview/steps.js';
import { TileOf, type Tile } from '../overview/tile.js';
import type { RefreshJobFigures } from './refresh-job.service.js';

const MOST_TICKS = 5;

const milliseconds = (ms: number): string => `${number(Math.round(ms))} ms`;

function tilesOf({ figures, instances }: RefreshJobFigures): Tile[] {
  const all = BRANDS.map((brand) => figures.brands[brand]);
  const sum = (key: 'due' | 'overdue') => all.reduce((total, brand) => total + brand[key], 0);
  const oldest = all
    .map(({ oldestDueAt }) => oldestDueAt)
    .reduce((first, at) => (at && (!first || at < first) ? at : first), null);
  const sweeps = instances.runs.reduce((total, { day }) => total + day.sweeps, 0);
  const sweepMs = instances.runs.reduce((total, { day }) => total + day.sweepMs, 0);
  const longest = Math.max(0, ...instances.runs.map(({ day }) => day.longestSweepMs));
  const overdue = sum('overdue');
  return [
    { name: 'Due', figure: number(sum('due')), note: 'refreshes whose time has come' },
    {
      name: 'Overdue',
      figure: number(overdue),
      note: 'due for more than a minute',
      meaning: overdue > 0 ? 'doubt' : 'good',
    },
    {
      name: 'Oldest',
      figure: oldest ? span((figures.asOf.getTime() - oldest.getTime()) / 1000) : 'none',
      isWord: true,
      note: oldest ? 'how long the pair that waits longest has been due' : 'no pair waits',
      meaning: overdue > 0 ? 'doubt' : undefined,
    },
    {
      name: 'Sweep time',
      figure: sweeps === 0 ? 'none' : milliseconds(sweepMs / sweeps),
      isWord: true,
      note:
        sweeps === 0
          ? 'no sweep in 24 h'
          : `on average of ${number(sweeps)} in 24 h; longest ${milliseconds(longest)}`,
    },
  ];
}

interface Step {
  readonly at: Date;
  readonly count: number;
}

const stepsOf = ({ asOf, stepSeconds, counts }: DueCurve, brand: Brand): Step[] =>
  counts[brand].map((count, at) => ({ count, at: new Date(asOf.getTime() + at * stepSeconds * 1000) }));

function Curve({ curve }: { readonly curve: DueCurve }): JSX.Element {
  const brands = BRANDS.map((brand) => {
    const steps = stepsOf(curve, brand);
    return { brand, steps, sum: steps.reduce((total, { count }) => total + count, 0) };
  });
  const top = niceCeiling(Math.max(1, ...brands.flatMap(({ steps }) => steps.map(({ count }) => count))));
  const aside = (
    <span class="asof">
      counted <Moment at={curve.asOf} />
    </span>
  );
  return (
    <PlotCard id="curve" title="Due in the next 24 hours" aside={aside} isWide>
      {brands.every(({ sum }) => sum === 0) && (
        <p class="soft">No pair becomes due in 24 hours. Pairs are refreshed once there are live consents.</p>
      )}
      {brands.map(({ brand, steps, sum }) => (
        <div key={brand} class="multiple">
          <p>
            <b>{BRAND_NAMES[brand]}</b>: {plural(sum, 'pair')}
          </p>
          <BarPlot
            label={`Pairs of ${BRAND_NAMES[brand]} that become due in each half hour of the next day, ${number(sum)} in all; the table below holds the figures`}
            bars={steps.map(({ at, count }) => ({
              title: `from ${stepText(at)} UTC: ${number(count)}`,
              parts: [{ meaning: 'wait', value: count }],
            }))}
            ticks={spread(steps, MOST_TICKS).map(({ at }) => at.toISOString().slice(11, 16))}
            top={top}
            isSmall
          />
        </div>
      ))}
      <TableTwin label="Half hours">
        <Table
          caption="Pairs by the half hour in which they become due"
          headings={['From (UTC)', 'Brand', '#Pairs']}
          rows={brands
            .flatMap(({ brand, steps }) => steps.map((step) => ({ brand, ...step })))
            .filter(({ count }) => count > 0)
            .sort((one, other) => one.at.getTime() - other.at.getTime())
            .map(({ brand, at, count }) => [stepText(at), BRAND_NAMES[brand], number(count)])}
        />
      </TableTwin>
    </PlotCard>
  );
}

const Replicas = ({ runs }: { readonly runs: readonly InstanceRun[] }): JSX.Element => {
  const refreshes = runs.reduce((sum, { day }) => sum + day.refreshes, 0);
  return (
    <section class="section" aria-labelledby="replicas">
      <h2 id="replicas">Who does the work</h2>
      {runs.length === 0 ? (
        <p class="soft">No process has described itself yet. Each does at its start; reload the page.</p>
      ) : (
        <Table
          caption="Scheduled refreshes and sweeps of 24 hours by process"
          headings={['Instance', 'State', '#Share of refreshes', '#Sweeps', '#Time on average', '#Longest']}
          rows={runs.map((run) => {
            const { refreshes: own, sweeps, sweepMs, longestSweepMs } = run.day;
            const state = stateOf(run);
            return [
              run.name,
              <Badge key="state" meaning={MEANING_OF_STATE[state]}>
                {state}
              </Badge>,
              <Share key="share" count={own} of={refreshes} />,
              number(sweeps),
              sweeps === 0 ? '–' : milliseconds(sweepMs / sweeps),
              sweeps === 0 ? '–' : milliseconds(longestSweepMs),
            ];
          })}
        />
      )}
    </section>
  );
};

const BREAKER_SENTENCES = {
  closed: 'refreshing',
  open: 'paused by the circuit breaker',
  half_open: 'resuming, a few at a time',
} as const;

/** What the scheduled refreshes have to do, and who does it. */
export const renderRefreshJob = (context: PageContext, job: RefreshJobFigures): string =>
  renderFrame({
    context,
    title: 'Refresh job',
    page: 'refreshes',
    asOf: job.figures.asOf,
    children: (
      <>
        <div class="sentences">
          {BRANDS.map((brand) => {
            const { circuitBreaker, due, overdue } = job.figures.brands[brand];
            const meaning =
              circuitBreaker.status === 'open'
                ? 'bad'
                : circuitBreaker.status === 'half_open' || overdue > 0
                  ? 'doubt'
                  : 'good';
            return (
              <p key={brand} class={`sentence ${meaning}`}>
                <b>{BRAND_NAMES[brand]}</b>: {BREAKER_SENTENCES[circuitBreaker.status]};{' '}
                {due === 0 ? 'no pair is due' : `${number(due)} due, ${number(overdue)} of them overdue`}.
              </p>
            );
          })}
        </div>
        <ul class="tiles four">
          {tilesOf(job).map((tile) => (
            <TileOf key={tile.name} {...tile} />
          ))}
        </ul>
        <div class="section">
          <Curve curve={job.curve} />
        </div>
        <Replicas runs={job.instances.runs} />
      </>
    ),
  });
