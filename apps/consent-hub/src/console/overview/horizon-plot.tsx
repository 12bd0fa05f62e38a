import { HORIZON_DAYS, type ExpiryHorizon } from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { Moment, number, Table } from '../frame/parts.js';
import { Key, PlotCard, TableTwin } from './plot-card.js';
import { BarPlot, niceCeiling } from './plots.js';
import { DAY_MS, dayTicks } from './steps.js';

interface Day {
  readonly day: string;
  readonly count: number;
}

function daysOf({ asOf, days }: ExpiryHorizon, brand: Brand): Day[] {
  const today = Math.floor(asOf.getTime() / DAY_MS);
  return Array.from({ length: HORIZON_DAYS }, (_, offset) => {
    const day = new Date((today + offset) * DAY_MS).toISOString().slice(0, 10);
    const count = days.find((row) => row.day === day && row.brand === brand)?.count ?? 0;
    return { day, count };
  });
}

/** On how many live consents each of the next days is the last, by brand. */
export function HorizonPlot({ horizon }: { readonly horizon: ExpiryHorizon }): JSX.Element {
  const brands = BRANDS.map((brand) => {
    const days = daysOf(horizon, brand);
    return { brand, days, sum: days.reduce((all, { count }) => all + count, 0) };
  });
  const top = niceCeiling(Math.max(1, ...brands.flatMap(({ days }) => days.map(({ count }) => count))));
  const aside = (
    <span class="asof">
      counted <Moment at={horizon.asOf} />
    </span>
  );
  return (
    <PlotCard id="horizon" title="Consents that end" aside={aside}>
      {brands.every(({ sum }) => sum === 0) && (
        <p class="soft">
          No live consent ends in the next {HORIZON_DAYS} days. Consents show here once people have given
          some.
        </p>
      )}
      {brands.map(({ brand, days, sum }) => (
        <div key={brand} class="multiple">
          <p>
            <b>{BRAND_NAMES[brand]}</b>: {number(sum)} in {HORIZON_DAYS} days
          </p>
          <BarPlot
            label={`Live consents of ${BRAND_NAMES[brand]} that end on each of the next ${HORIZON_DAYS} days, ${number(sum)} in all; the table below holds the figures`}
            bars={days.map(({ day, count }) => ({
              title: `${day}: ${number(count)}`,
              parts: [{ meaning: 'wait', value: count }],
            }))}
            ticks={dayTicks(days.map(({ day }) => day))}
            top={top}
            isSmall
          />
        </div>
      ))}
      <Key entries={[{ text: 'live consents whose validity ends that day', meaning: 'wait' }]} />
      <TableTwin label="Days">
        <Table
          caption="Live consents by the day on which they end"
          headings={['Day (UTC)', 'Brand', '#Consents']}
          rows={brands
            .flatMap(({ brand, days }) => days.map((day) => ({ brand, ...day })))
            .filter(({ count }) => count > 0)
            .sort((one, other) => one.day.localeCompare(other.day))
            .map(({ brand, day, count }) => [day, BRAND_NAMES[brand], number(count)])}
        />
      </TableTwin>
    </PlotCard>
  );
}
