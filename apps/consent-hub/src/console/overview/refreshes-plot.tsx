import type { Figures, HistoryMark, RefreshCount, RefreshPause } from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { exactTime, number, Table, type Meaning } from '../frame/parts.js';
import type { OverviewPlots } from './overview-plots.service.js';
import { Key, LineKey, PlotCard, TableTwin } from './plot-card.js';
import { BarPlot, type Band, type Mark } from './plots.js';
import { kindOf, OUTCOME_KINDS, OUTCOME_ORDER, type OutcomeKind } from './refresh-outcomes.js';
import { byStep, placeOf, RANGES, stepsOf, stepText, ticksOf, type Range, type Steps } from './steps.js';

type Counts = Readonly<Record<OutcomeKind, number>>;

function countsOf(rows: readonly RefreshCount[]): Counts {
  const countOf = (kind: OutcomeKind) =>
    rows.filter(({ outcome }) => kindOf(outcome) === kind).reduce((sum, { count }) => sum + count, 0);
  return Object.fromEntries(OUTCOME_ORDER.map((kind) => [kind, countOf(kind)])) as Counts;
}

const total = (counts: Counts): number => OUTCOME_ORDER.reduce((sum, kind) => sum + counts[kind], 0);

function titleOf(at: Date, counts: Counts): string {
  const parts = OUTCOME_ORDER.filter((kind) => counts[kind] > 0).map(
    (kind) => `${number(counts[kind])} ${OUTCOME_KINDS[kind].text}`,
  );
  return `${stepText(at)} UTC: ${parts.length > 0 ? parts.join(', ') : 'none'}`;
}

const MARK_TEXTS: Readonly<
  Record<HistoryMark['kind'], { readonly text: string; readonly meaning: Meaning }>
> = {
  deployment: { text: 'deployment', meaning: 'wait' },
  replaced: { text: 'the database was restarted or replaced', meaning: 'doubt' },
  unavailable: { text: 'the database was away', meaning: 'doubt' },
};

const textOfMark = (mark: HistoryMark): string =>
  mark.kind === 'deployment'
    ? `deployment of version ${mark.version}, schema ${mark.schema}`
    : MARK_TEXTS[mark.kind].text;

const SAME_MS = 60_000;

/** Several hubs notice the same outage: what follows within a minute is shown once. */
const once = (marks: readonly HistoryMark[]): HistoryMark[] =>
  marks.filter(
    (mark, at) =>
      !marks
        .slice(0, at)
        .some(({ kind, at: before }) => kind === mark.kind && mark.at.getTime() - before.getTime() < SAME_MS),
  );

/** The circuit breaker knows a pause that began before the events that were read, also one by a person. */
export const withOpenOnes = (
  pauses: readonly RefreshPause[],
  brands: Figures['brands'],
): readonly RefreshPause[] => [
  ...pauses,
  ...BRANDS.filter((brand) => !pauses.some((pause) => pause.brand === brand && pause.to === null)).flatMap(
    (brand) => {
      const { status, since, pausedAt } = brands[brand].circuitBreaker;
      return status === 'open' || pausedAt ? [{ brand, from: pausedAt ?? since, to: null }] : [];
    },
  ),
];

interface Happening {
  readonly at: Date;
  readonly text: string;
}

/** What lies behind the bars, as it is drawn and as it is listed. */
function happenings(plots: OverviewPlots, steps: Steps, asOf: Date) {
  const marks = once(plots.marks).filter(({ at }) => placeOf(steps, at) >= 0);
  const pauses = plots.pauses.filter(({ to }) => to === null || placeOf(steps, to) > 0);
  const bands: Band[] = pauses.map(({ brand, from, to }) => ({
    title: `Refreshes of ${BRAND_NAMES[brand]} paused ${from ? `from ${exactTime(from)} ` : ''}until ${to ? exactTime(to) : 'now'}`,
    from: from ? placeOf(steps, from) : 0,
    to: placeOf(steps, to ?? asOf),
  }));
  const noted: Happening[] = [
    ...marks.map((mark) => ({ at: mark.at, text: textOfMark(mark) })),
    ...pauses.flatMap(({ brand, from, to }) => [
      ...(from && placeOf(steps, from) >= 0
        ? [{ at: from, text: `refreshes of ${BRAND_NAMES[brand]} paused` }]
        : []),
      ...(to ? [{ at: to, text: `refreshes of ${BRAND_NAMES[brand]} resumed` }] : []),
    ]),
  ];
  const drawn: Mark[] = marks.map((mark) => ({
    title: `${exactTime(mark.at)}: ${textOfMark(mark)}`,
    at: placeOf(steps, mark.at),
    meaning: MARK_TEXTS[mark.kind].meaning,
  }));
  return { bands, drawn, noted: noted.sort((one, other) => other.at.getTime() - one.at.getTime()) };
}

const Ranges = ({ base, range }: { readonly base: string; readonly range: Range }): JSX.Element => (
  <ul class="chips">
    {Object.entries(RANGES).map(([name, { text }]) => (
      <li key={name}>
        <a
          class="chip"
          href={`${base}/console?range=${name}`}
          aria-current={name === range ? 'true' : undefined}
        >
          {text}
        </a>
      </li>
    ))}
  </ul>
);

const BACKGROUND_KEY = [
  { text: 'deployment', dash: 'mark', meaning: 'wait' },
  { text: 'database away or replaced', dash: 'mark', meaning: 'doubt' },
] as const;

/** Refreshes over time by how they ended, with pauses, deployments and outages of the database behind them. */
export function RefreshesPlot({
  plots,
  brands,
  asOf,
  base,
}: {
  readonly plots: OverviewPlots;
  readonly brands: Figures['brands'];
  readonly asOf: Date;
  readonly base: string;
}): JSX.Element {
  const { range } = plots;
  const steps = stepsOf(range, asOf);
  const bars = byStep(steps, plots.refreshes).map((rows, at) => ({
    at: steps.starts[at] ?? asOf,
    counts: countsOf(rows),
  }));
  const sum = bars.reduce((all, { counts }) => all + total(counts), 0);
  const { bands, drawn, noted } = happenings(
    { ...plots, pauses: withOpenOnes(plots.pauses, brands) },
    steps,
    asOf,
  );
  const per = RANGES[range].stepHours === 1 ? 'per hour' : `per ${RANGES[range].stepHours} hours`;
  return (
    <PlotCard id="refreshes" title={`Refreshes ${per}`} aside={<Ranges base={base} range={range} />} isWide>
      {sum === 0 && (
        <p class="soft">
          No refresh has ended in this time. Pairs are refreshed once there are live consents.
        </p>
      )}
      <BarPlot
        label={`Refreshes ${per} by outcome, ${number(sum)} in all; the table below holds the figures`}
        bars={bars.map(({ at, counts }) => ({
          title: titleOf(at, counts),
          parts: OUTCOME_ORDER.map((kind) => ({
            meaning: OUTCOME_KINDS[kind].meaning,
            value: counts[kind],
          })),
        }))}
        bands={bands}
        marks={drawn}
        ticks={ticksOf(steps, range)}
      />
      <Key entries={Object.values(OUTCOME_KINDS)} />
      <LineKey entries={BACKGROUND_KEY} />
      <TableTwin label="Refreshes">
        <Table
          caption={`Refreshes ${per} by outcome, latest first`}
          headings={['From (UTC)', ...OUTCOME_ORDER.map((kind) => `#${OUTCOME_KINDS[kind].text}`)]}
          rows={[...bars]
            .reverse()
            .filter(({ counts }) => total(counts) > 0)
            .map(({ at, counts }) => [stepText(at), ...OUTCOME_ORDER.map((kind) => number(counts[kind]))])}
        />
        {noted.length > 0 && (
          <Table
            caption="Pauses, deployments and outages, latest first"
            headings={['At', 'What']}
            rows={noted.map(({ at, text }) => [exactTime(at), text])}
          />
        )}
      </TableTwin>
    </PlotCard>
  );
}
