import { Histogram, type MetricValueWithName } from 'prom-client';

/** Upper bounds, seconds: from a token that is read to a refresh that its caller waits for. */
export const REQUEST_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const;
const NAME = 'consent_hub_http_request_duration_seconds';
const HELP = 'Requests that were answered, by method, route, API client and class of the status';
const LABELS = ['method', 'route', 'client', 'status'] as const;
type Labels = (typeof LABELS)[number];
type Value = MetricValueWithName<Labels | 'le'>;

/** Requests with the same labels. */
class Series {
  /** By upper bound, not cumulated; the last is for what took longer than all. */
  private readonly counts = new Float64Array(REQUEST_SECONDS.length + 1);
  private sum = 0;

  constructor(readonly labels: Readonly<Record<Labels, string>>) {}

  add(seconds: number): void {
    let index = 0;
    while (index < REQUEST_SECONDS.length && seconds > (REQUEST_SECONDS[index] ?? 0)) index++;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += seconds;
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  values(name: string): Value[] {
    const { labels } = this;
    let count = 0;
    const buckets = [...REQUEST_SECONDS, '+Inf'].map((le, index) => {
      count += this.counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}

const nested = <K, V>(map: Map<K, V>, key: K, create: () => V): V => {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
};

type ByStatus = Map<number, Series>;

/**
 * The requests that were answered, as a histogram. Every request is noted, and prom-client's `observe`, which sorts and joins
 * the labels each time, would cost more than recognising the caller; a look-up by each label costs a tenth of that.
 */
export class RequestDurations extends Histogram<Labels> {
  private readonly series = new Map<string, Map<string, Map<string, ByStatus>>>();
  private readonly all: Series[] = [];

  constructor() {
    super({
      name: NAME,
      help: HELP,
      labelNames: LABELS,
      buckets: [...REQUEST_SECONDS],
      registers: [],
    });
  }

  /** @param route the template of the route, or a constant where there is none; paths as sent are without number */
  note(method: string, route: string, client: string, answer: { status: number; seconds: number }): void {
    const statusClass = Math.floor(answer.status / 100);
    const clients = nested(
      nested(this.series, route, () => new Map<string, Map<string, ByStatus>>()),
      method,
      () => new Map<string, ByStatus>(),
    );
    const statuses = nested(clients, client, () => new Map<number, Series>());
    nested(statuses, statusClass, () => this.create(method, route, client, `${statusClass}xx`)).add(
      answer.seconds,
    );
  }

  /** How many were answered, by client and class of the status; those without a client are left out. */
  countsByClient(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    const counts = new Map<string, Map<string, number>>();
    for (const { labels, total } of this.all) {
      if (labels.client === '') continue;
      const ofClient = nested(counts, labels.client, () => new Map<string, number>());
      ofClient.set(labels.status, (ofClient.get(labels.status) ?? 0) + total);
    }
    return counts;
  }

  /** What the registry asks of a histogram, in the place of prom-client's own; `get` goes through it too. */
  getForPromString(): Promise<object> {
    const values = this.all.flatMap((series) => series.values(NAME));
    return Promise.resolve({ name: NAME, help: HELP, type: 'histogram', values, aggregator: 'sum' });
  }

  private create(method: string, route: string, client: string, status: string): Series {
    const series = new Series({ method, route, client, status });
    this.all.push(series);
    return series;
  }
}
