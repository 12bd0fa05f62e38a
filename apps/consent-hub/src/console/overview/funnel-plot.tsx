import type { ConsentFlow } from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { number, Table } from '../frame/parts.js';
import { FUNNEL_ENDS, FUNNEL_ORDER, funnelOf, type Funnel } from './funnel.js';
import { FUNNEL_DAYS } from './overview-plots.service.js';
import { Key, LineKey, PlotCard, TableTwin } from './plot-card.js';
import { BarPlot, niceCeiling } from './plots.js';
import { DAY_MS, dayTicks } from './steps.js';

interface Day {
  readonly day: string;
  readonly funnel: Funnel;
}

function daysOf(flows: readonly ConsentFlow[], asOf: Date): Day[] {
  const today = Math.floor(asOf.getTime() / DAY_MS);
  return Array.from({ length: FUNNEL_DAYS }, (_, at) => {
    const day = new Date((today - FUNNEL_DAYS + 1 + at) * DAY_MS).toISOString().slice(0, 10);
    return { day, funnel: funnelOf(flows.filter((flow) => flow.day === day)) };
  });
}

const ended = (funnel: Funnel): number => FUNNEL_ORDER.reduce((sum, end) => sum + funnel[end], 0);

function titleOf({ day, funnel }: Day): string {
  const ends = FUNNEL_ORDER.filter((end) => funnel[end] > 0).map(
    (end) => `${number(funnel[end])} ${FUNNEL_ENDS[end].text}`,
  );
  return [`${day}: ${number(funnel.opened)} opened`, `${number(funnel.returned)} returned`, ...ends].join(
    ', ',
  );
}

const part = (count: number, of: number): string =>
  of === 0 ? '' : ` (${Math.round((100 * count) / of)} %)`;

/** `120 opened → 100 returned (83 %) → 98 active (82 %)` */
const Sums = ({ brand, sums }: { readonly brand: Brand; readonly sums: Funnel }): JSX.Element => (
  <p>
    <b>{BRAND_NAMES[brand]}</b>: {number(sums.opened)} opened → {number(sums.returned)} returned
    {part(sums.returned, sums.opened)} → {number(sums.active)} active{part(sums.active, sums.opened)}
    {FUNNEL_ORDER.filter((end) => end !== 'active' && sums[end] > 0).map((end) => (
      <span key={end}>
        ; {number(sums[end])} {FUNNEL_ENDS[end].text}
      </span>
    ))}
  </p>
);

/** The outcome of opened consents, by day and brand. */
export function FunnelPlot({
  flows,
  asOf,
}: {
  readonly flows: readonly ConsentFlow[];
  readonly asOf: Date;
}): JSX.Element {
  const brands = BRANDS.map((brand) => {
    const ofBrand = flows.filter((flow) => flow.brand === brand);
    return { brand, days: daysOf(ofBrand, asOf), sums: funnelOf(ofBrand) };
  });
  const top = niceCeiling(
    Math.max(
      ...brands.flatMap(({ days }) => days.map(({ funnel }) => Math.max(funnel.opened, ended(funnel)))),
    ),
  );
  return (
    <PlotCard id="funnel" title="From link to consent" aside={<span class="asof">{FUNNEL_DAYS} days</span>}>
      {flows.length === 0 && (
        <p class="soft">
          No consent was opened in this time. Platform teams open them by <code>POST /v1/consents</code>.
        </p>
      )}
      {brands.map(({ brand, days, sums }) => (
        <div key={brand} class="multiple">
          <Sums brand={brand} sums={sums} />
          <BarPlot
            label={`Consents of ${BRAND_NAMES[brand]} by day: ${number(sums.opened)} opened, ${number(sums.returned)} returned, ${number(sums.active)} active; the table below holds the figures`}
            bars={days.map((day) => ({
              title: titleOf(day),
              parts: FUNNEL_ORDER.map((end) => ({
                meaning: FUNNEL_ENDS[end].meaning,
                value: day.funnel[end],
              })),
              level: day.funnel.opened,
            }))}
            ticks={dayTicks(days.map(({ day }) => day))}
            top={top}
            isSmall
          />
        </div>
      ))}
      <Key entries={Object.values(FUNNEL_ENDS)} />
      <LineKey entries={[{ text: 'opened that day', dash: 'level', meaning: 'ended' }]} />
      <TableTwin label="Days of the funnel">
        <Table
          caption="Consents opened, returned and active by day and brand, latest first"
          headings={[
            'Day (UTC)',
            'Brand',
            '#opened',
            '#returned',
            ...FUNNEL_ORDER.map((end) => `#${FUNNEL_ENDS[end].text}`),
          ]}
          rows={brands
            .flatMap(({ brand, days }) => days.map((day) => ({ brand, ...day })))
            .filter(({ funnel }) => funnel.opened + funnel.returned + ended(funnel) > 0)
            .sort((one, other) => other.day.localeCompare(one.day))
            .map(({ brand, day, funnel }) => [
              day,
              BRAND_NAMES[brand],
              ...[funnel.opened, funnel.returned].map(number),
              ...FUNNEL_ORDER.map((end) => number(funnel[end])),
            ])}
        />
      </TableTwin>
    </PlotCard>
  );
}
