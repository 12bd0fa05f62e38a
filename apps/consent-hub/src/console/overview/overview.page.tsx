import type { ExpiryHorizon } from '@consent-hub/consent';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Moment } from '../frame/parts.js';
import { FunnelPlot } from './funnel-plot.js';
import { HorizonPlot } from './horizon-plot.js';
import { LatencyPlot } from './latency-plot.js';
import { LatestEvents } from './latest-events.js';
import { NowSection } from './now.js';
import type { OverviewPlots } from './overview-plots.service.js';
import type { Now } from './overview.service.js';
import { ReadsPlot } from './reads-plot.js';
import { RefreshesPlot } from './refreshes-plot.js';

interface Overview {
  readonly now: Now;
  readonly horizon: ExpiryHorizon;
  readonly plots: OverviewPlots;
}

export function renderOverview(context: PageContext, { now, horizon, plots }: Overview): string {
  const { base } = context;
  const { asOf } = plots;
  return renderFrame({
    context,
    title: 'Overview',
    page: 'overview',
    isLive: true,
    children: (
      <div class="with-side">
        <div>
          <div
            id="now"
            data-part="now"
            data-stream={`${base}/console/live`}
            data-poll={`${base}/console/now`}
          >
            <NowSection now={now} base={base} />
          </div>
          <div class="plots section">
            <RefreshesPlot plots={plots} brands={now.figures.brands} asOf={asOf} base={base} />
            <HorizonPlot horizon={horizon} />
            <FunnelPlot flows={plots.flows} asOf={asOf} />
            <LatencyPlot latencies={plots.latencies} range={plots.range} asOf={asOf} />
            <ReadsPlot plots={plots} asOf={asOf} />
          </div>
          <p class="foot">
            Plots as of <Moment at={asOf} exactly />
          </p>
        </div>
        <aside class="card" aria-labelledby="events" data-part="events">
          <LatestEvents events={now.events} base={base} />
        </aside>
      </div>
    ),
  });
}
