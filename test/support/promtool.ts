import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Found or unpacked before the tests of this tier begin. */
const PATH = process.env['PROMTOOL_PATH'];

/** Left out where promtool cannot be had; the run has said so, and under CI it has failed. */
export const describeWithPromtool = PATH ? describe : describe.skip;

const RULES = path.resolve(import.meta.dirname, '..', '..', 'deploy', 'prometheus', 'alerts.yml');
/** Longer than the longest wait of a rule before it fires, and the range of its rate. */
const MINUTES = 40;

/** @returns what it printed, when its exit code is not 0 */
function promtool(args: readonly string[], input?: string): string | null {
  const { status, stdout, stderr } = spawnSync(PATH ?? 'promtool', args, { encoding: 'utf8', input });
  return status === 0 ? null : `${stdout}${stderr}`;
}

export const checkRules = (): string | null => promtool(['check', 'rules', RULES]);

/** Whether Prometheus understands what a hub serves, and finds nothing to improve in it. */
export const checkMetrics = (scrape: string): string | null => promtool(['check', 'metrics'], scrape);

interface Sample {
  readonly series: string;
  readonly value: number;
  readonly isCounter: boolean;
}

/** The samples of a scrape. */
function samplesOf(scrape: string): Sample[] {
  const counters = new Set<string>();
  const samples: Sample[] = [];
  for (const line of scrape.split('\n')) {
    const [, counter] = /^# TYPE (\S+) (?:counter|histogram)$/.exec(line) ?? [];
    if (counter !== undefined) counters.add(counter);
    const [, name = '', labels = '', value] = /^([a-z_]\w*)(\{.*\})? (\S+)$/.exec(line) ?? [];
    if (value === undefined || !name.startsWith('consent_hub_')) continue;
    const isCounter = counters.has(name) || counters.has(name.replace(/_(bucket|sum|count)$/, ''));
    samples.push({ series: name + labels, value: Number(value), isCounter });
  }
  return samples;
}

const OF_THE_HUB = 'job="consent-hub",instance="hub-1"';
/** As Prometheus stores it: with the labels of where it was scraped. */
const stored = (series: string): string =>
  series.includes('{') ? series.replace('{', `{${OF_THE_HUB},`) : `${series}{${OF_THE_HUB}}`;

/**
 * Time passes as between two scrapes: a counter grows each minute by what it grew, a gauge stays as it was at the
 * second one.
 */
function seriesOf(before: string, after: string, isUp: boolean): { series: string; values: string }[] {
  const first = new Map(samplesOf(before).map(({ series, value }) => [series, value]));
  const own = samplesOf(after).map(({ series, value, isCounter }) => {
    const growth = isCounter ? value - (first.get(series) ?? 0) : 0;
    return { series: stored(series), values: `${value}+${growth}x${MINUTES}` };
  });
  return [...(isUp ? own : []), { series: `up{${OF_THE_HUB}}`, values: `${isUp ? 1 : 0}x${MINUTES}` }];
}

/**
 * Extrapolates from two scrapes of a hub, and asks Prometheus' own evaluation of the rules which alerts fire.
 *
 * @param isUp whether the hub answers Prometheus at all
 * @returns null when exactly these do, else what promtool says of the difference
 */
export function whetherFires(
  alerts: readonly string[],
  [before, after]: readonly [before: string, after: string],
  isUp = true,
): string | null {
  const directory = mkdtempSync(path.join(tmpdir(), 'consent-hub-alerts-'));
  const file = path.join(directory, 'test.yml');
  const test = {
    rule_files: [RULES],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: seriesOf(before, after, isUp),
        promql_expr_test: [
          {
            expr: 'count by (alertname) (count by (alertname, brand) (ALERTS{alertstate="firing"}))',
            eval_time: `${MINUTES}m`,
            exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
          },
        ],
      },
    ],
  };
  try {
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(test));
    return promtool(['test', 'rules', file]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
