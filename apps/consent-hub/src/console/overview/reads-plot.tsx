import type { JSX } from 'preact';
import { Clip, number, Table } from '../frame/parts.js';
import type { OverviewPlots } from './overview-plots.service.js';
import { PlotCard, TableTwin } from './plot-card.js';
import { BarPlot, niceCeiling } from './plots.js';
import { byStep, RANGES, stepsOf, stepText, ticksOf } from './steps.js';

/** Clients that are drawn; the table has all. */
const MOST_DRAWN = 4;

interface Client {
  readonly name: string;
  readonly sum: number;
  /** One a step. */
  readonly counts: readonly number[];
}

function clientsOf({ reads, clientNames, range }: OverviewPlots, asOf: Date): Client[] {
  const steps = stepsOf(range, asOf);
  const all = [...new Set(reads.map(({ apiClientId }) => apiClientId))].map((id) => {
    const counts = byStep(
      steps,
      reads.filter(({ apiClientId }) => apiClientId === id),
    ).map((rows) => rows.reduce((sum, { count }) => sum + count, 0));
    return {
      name: clientNames.get(id) ?? id,
      counts,
      sum: counts.reduce((sum, count) => sum + count, 0),
    };
  });
  return all
    .filter(({ sum }) => sum > 0)
    .sort((one, other) => other.sum - one.sum || one.name.localeCompare(other.name));
}

/** Who reads access tokens, and when. */
export function ReadsPlot({
  plots,
  asOf,
}: {
  readonly plots: OverviewPlots;
  readonly asOf: Date;
}): JSX.Element {
  const { range } = plots;
  const steps = stepsOf(range, asOf);
  const clients = clientsOf(plots, asOf);
  const drawn = clients.slice(0, MOST_DRAWN);
  const top = niceCeiling(Math.max(1, ...drawn.flatMap(({ counts }) => counts)));
  const left = clients.slice(MOST_DRAWN).reduce((sum, client) => sum + client.sum, 0);
  return (
    <PlotCard id="reads" title="Token reads by client" aside={<span class="asof">{RANGES[range].text}</span>}>
      {clients.length === 0 && (
        <p class="soft">
          No client has read an access token in this time. Services read them by{' '}
          <code>GET /v1/access-token</code>.
        </p>
      )}
      {drawn.map(({ name, sum, counts }) => (
        <div key={name} class="multiple">
          <p class="of-client">
            <b>
              <Clip text={name} />
            </b>
            <span>{number(sum)}</span>
          </p>
          <BarPlot
            label={`Access tokens read by ${name}, ${number(sum)} in all; the table below holds the figures`}
            bars={counts.map((count, at) => ({
              title: `${stepText(steps.starts[at] ?? asOf)} UTC: ${number(count)}`,
              parts: [{ meaning: 'good', value: count }],
            }))}
            ticks={ticksOf(steps, range)}
            top={top}
            isSmall
          />
        </div>
      ))}
      {left > 0 && (
        <p class="soft">
          And {number(left)} by {number(clients.length - MOST_DRAWN)} more, in the table.
        </p>
      )}
      {clients.length > 0 && (
        <TableTwin label="Reads">
          <Table
            caption="Access tokens read by client, latest first"
            headings={['From (UTC)', 'Client', '#Reads']}
            rows={clients
              .flatMap(({ name, counts }) => counts.map((count, at) => ({ name, count, at })))
              .filter(({ count }) => count > 0)
              .sort((one, other) => other.at - one.at)
              .map(({ name, count, at }) => [
                stepText(steps.starts[at] ?? asOf),
                <Clip key={name} text={name} />,
                number(count),
              ])}
          />
        </TableTwin>
      )}
    </PlotCard>
  );
}
