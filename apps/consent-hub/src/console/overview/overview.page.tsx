import type { ExpiryHorizon, RefreshCount } from '@consent-hub/consent';
import { HORIZON_DAYS } from '@consent-hub/consent';
import type { JSX } from 'preact';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Moment, number, Table } from '../frame/parts.js';
import { NowSection } from './now.js';
import type { Now } from './overview.service.js';
import { BarPlot, Key } from './plots.js';
import { kindOf, OUTCOME_KINDS, OUTCOME_ORDER, type OutcomeKind } from './refresh-outcomes.js';

export const RANGES = { '24h': 24, '7d': 168 } as const;
export type Range = keyof typeof RANGES;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_TICKS = 5;

/** So many of them, evenly spread, the first and the last among them. */
const spread = <T,>(all: readonly T[], most: number): T[] =>
  all.length <= most
    ? [...all]
    : Array.from({ length: most }, (_, at) => all[Math.round((at * (all.length - 1)) / (most - 1))] as T);

interface Hour {
  readonly at: Date;
  readonly counts: Readonly<Record<OutcomeKind, number>>;
}

/** Every hour of the range, those without a refresh too. */
export function hoursOf(counts: readonly RefreshCount[], hours: number, asOf: Date): Hour[] {
  const first = Math.floor(asOf.getTime() / HOUR_MS) - hours + 1;
  return Array.from({ length: hours }, (_, offset) => {
    const at = new Date((first + offset) * HOUR_MS);
    const ofHour = counts.filter(({ hour }) => hour.getTime() === at.getTime());
    const countOf = (kind: OutcomeKind) =>
      ofHour.filter(({ outcome }) => kindOf(outcome) === kind).reduce((sum, { count }) => sum + count, 0);
    const entries = OUTCOME_ORDER.map((kind) => [kind, countOf(kind)] as const);
    return { at, counts: Object.fromEntries(entries) as Hour['counts'] };
  });
}

const hourText = (at: Date): string => `${at.toISOString().slice(5, 10)} ${at.toISOString().slice(11, 16)}`;
const total = ({ counts }: Hour): number => OUTCOME_ORDER.reduce((sum, kind) => sum + counts[kind], 0);

function titleOf(hour: Hour): string {
  const parts = OUTCOME_ORDER.filter((kind) => hour.counts[kind] > 0).map(
    (kind) => `${number(hour.counts[kind])} ${OUTCOME_KINDS[kind].text}`,
  );
  return `${hourText(hour.at)} UTC: ${parts.length > 0 ? parts.join(', ') : 'none'}`;
}

function Refreshes({
  context,
  now,
  range,
}: {
  readonly context: PageContext;
  readonly now: Now;
  readonly range: Range;
}): JSX.Element {
  const hours = hoursOf(now.week, RANGES[range], now.figures.asOf);
  const sum = hours.reduce((all, hour) => all + total(hour), 0);
  return (
    <section class="card" aria-labelledby="refreshes">
      <div class="plot-head">
        <h2 id="refreshes">Refreshes per hour</h2>
        <ul class="chips">
          {Object.keys(RANGES).map((name) => (
            <li key={name}>
              <a
                class="chip"
                href={`${context.base}/console?range=${name}`}
                aria-current={name === range ? 'true' : undefined}
              >
                {name === '24h' ? '24 hours' : '7 days'}
              </a>
            </li>
          ))}
        </ul>
      </div>
      {sum === 0 ? (
        <p class="soft">
          No refresh has ended in this time. Pairs are refreshed once there are live consents.
        </p>
      ) : (
        <>
          <BarPlot
            label={`Refreshes per hour by outcome, ${number(sum)} in all; the table below holds the figures`}
            bars={hours.map((hour) => ({
              title: titleOf(hour),
              parts: OUTCOME_ORDER.map((kind) => ({
                meaning: OUTCOME_KINDS[kind].meaning,
                value: hour.counts[kind],
              })),
            }))}
            ticks={spread(hours, MOST_TICKS).map(({ at }) =>
              range === '24h' ? at.toISOString().slice(11, 16) : at.toISOString().slice(5, 10),
            )}
          />
          <Key entries={Object.values(OUTCOME_KINDS)} />
          <details>
            <summary>As a table</summary>
            <div class="rows" tabIndex={0} role="region" aria-label="Hours">
              <Table
                caption="Refreshes per hour by outcome, latest first"
                headings={['Hour (UTC)', ...OUTCOME_ORDER.map((kind) => `#${OUTCOME_KINDS[kind].text}`)]}
                rows={[...hours]
                  .reverse()
                  .filter((hour) => total(hour) > 0)
                  .map((hour) => [
                    hourText(hour.at),
                    ...OUTCOME_ORDER.map((kind) => number(hour.counts[kind])),
                  ])}
              />
            </div>
          </details>
        </>
      )}
    </section>
  );
}

function Horizon({ horizon }: { readonly horizon: ExpiryHorizon }): JSX.Element {
  const today = Math.floor(horizon.asOf.getTime() / DAY_MS);
  const days = Array.from({ length: HORIZON_DAYS }, (_, offset) => {
    const day = new Date((today + offset) * DAY_MS).toISOString().slice(0, 10);
    const count = horizon.days.filter((row) => row.day === day).reduce((sum, row) => sum + row.count, 0);
    return { day, count };
  });
  const sum = days.reduce((all, { count }) => all + count, 0);
  return (
    <section class="card" aria-labelledby="horizon">
      <div class="plot-head">
        <h2 id="horizon">Consents that end, by day</h2>
        <span class="asof">
          counted <Moment at={horizon.asOf} />
        </span>
      </div>
      {sum === 0 ? (
        <p class="soft">
          No live consent ends in the next {HORIZON_DAYS} days. Consents show here once people have given
          some.
        </p>
      ) : (
        <>
          <BarPlot
            label={`Live consents that end on each of the next ${HORIZON_DAYS} days, ${number(sum)} in all; the table below holds the figures`}
            bars={days.map(({ day, count }) => ({
              title: `${day}: ${number(count)}`,
              parts: [{ meaning: 'wait', value: count }],
            }))}
            ticks={spread(days, MOST_TICKS).map(({ day }) => day.slice(5))}
          />
          <Key entries={[{ text: 'live consents whose validity ends that day', meaning: 'wait' }]} />
          <details>
            <summary>As a table</summary>
            <div class="rows" tabIndex={0} role="region" aria-label="Days">
              <Table
                caption="Live consents by the day on which they end"
                headings={['Day (UTC)', '#Consents']}
                rows={days.filter(({ count }) => count > 0).map(({ day, count }) => [day, number(count)])}
              />
            </div>
          </details>
        </>
      )}
    </section>
  );
}

interface Overview {
  readonly now: Now;
  readonly horizon: ExpiryHorizon;
  readonly range: Range;
}

export const renderOverview = (context: PageContext, { now, horizon, range }: Overview): string =>
  renderFrame({
    context,
    title: 'Overview',
    page: 'overview',
    isLive: true,
    children: (
      <>
        <div id="now" data-stream={`${context.base}/console/live`} data-poll={`${context.base}/console/now`}>
          <NowSection now={now} base={context.base} />
        </div>
        <div class="plots section">
          <Refreshes context={context} now={now} range={range} />
          <Horizon horizon={horizon} />
        </div>
      </>
    ),
  });
