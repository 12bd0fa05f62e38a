import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BankCallEvents, type ClientCertificates } from '@consent-hub/bank-client';
import {
  TokenReadTally,
  type EventFigures,
  type HubFigures,
  type TimelinePartitions,
  type WebhookFigures,
} from '@consent-hub/consent';
import { ProblemTally } from '@consent-hub/platform';
import { GrantEvents, type GrantStatus, type SpoolHealth } from '@consent-hub/token-grant';
import type { HttpAdapterHost } from '@nestjs/core';
import { Registry, type Metric } from 'prom-client';
import { HubCountersService } from './hub-counters.service.js';
import { GaugeSources } from './gauge-sources.service.js';
import { HubGaugesService } from './hub-gauges.service.js';
import { HubMetricsService } from './hub-metrics.service.js';
import { RequestDurationsHook } from './request-durations.hook.js';

const ROOT = path.join(import.meta.dirname, '..', '..', '..', '..');
const read = (...names: string[]): string => readFileSync(path.join(ROOT, ...names), 'utf8');

/** Name, type and labels of each, as `name type label,label`. */
function registered(): { own: string[]; names: Set<string> } {
  const metrics: Metric[] = [];
  const register = jest
    .spyOn(Registry.prototype, 'registerMetric')
    .mockImplementation((metric) => void metrics.push(metric));
  const counters = new HubCountersService(
    new RequestDurationsHook({} as HttpAdapterHost),
    new ProblemTally(),
    new TokenReadTally(),
    {} as WebhookFigures,
    new BankCallEvents(),
  );
  const gauges = new HubGaugesService(
    {} as HubFigures,
    {} as SpoolHealth,
    {} as GrantStatus,
    new GaugeSources(
      {} as ClientCertificates,
      {} as TimelinePartitions,
      {} as WebhookFigures,
      {} as EventFigures,
    ),
  );
  new HubMetricsService(new GrantEvents(), gauges, counters).onModuleInit();
  register.mockRestore();
  const facts = metrics as unknown as { name: string; labelNames: string[]; type?: string }[];
  const described = facts.map(({ name, labelNames, type }, index) => {
    const kind = type ?? metrics[index]?.constructor.name.toLowerCase() ?? '';
    return { name, text: `${name} ${kind} ${[...labelNames].sort().join(',')}`.trim(), kind };
  });
  const parts = (kind: string) => (kind === 'histogram' ? ['', '_bucket', '_sum', '_count'] : ['']);
  return {
    own: described.filter(({ name }) => name.startsWith('consent_hub_')).map(({ text }) => text),
    names: new Set(described.flatMap(({ name, kind }) => parts(kind).map((part) => name + part))),
  };
}

const documented = (): string[] =>
  read('docs', 'metrics.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, name = '', type = '', , labels = ''] = line.split('|').map((cell) => cell.trim());
      const labelNames = [...labels.matchAll(/`([a-z]+)`/g)].map(([, label = '']) => label);
      return `${name.replaceAll('`', '')} ${type} ${labelNames.sort().join(',')}`.trim();
    });

const namesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/\b(?:consent_hub|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name)),
];

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: object;
  readonly targets?: { readonly expr: string }[];
}

describe('the list of metrics in docs/metrics.md', () => {
  it('names every metric of the hub with its type and labels, and no other', () => {
    const { own } = registered();
    expect(own.length).toBeGreaterThan(30);
    expect(documented().sort()).toEqual(own.sort());
  });

  it('has every metric that an alert uses', () => {
    const { names } = registered();
    const used = namesIn(read('deploy', 'prometheus', 'alerts.yml'));
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((name) => !names.has(name))).toEqual([]);
  });

  it('has every metric that the dashboard shows', () => {
    const { names } = registered();
    const dashboard = JSON.parse(read('deploy', 'grafana', 'consent-hub.json')) as { panels: Panel[] };
    const panels = dashboard.panels.filter(({ type }) => type !== 'row');
    for (const { title, targets = [] } of panels) {
      const used = targets.flatMap(({ expr }) => namesIn(expr));
      expect([title, used.length > 0]).toEqual([title, true]);
      expect(used.filter((name) => !names.has(name))).toEqual([]);
    }
  });
});

describe('the dashboard for Grafana', () => {
  it('is of the schema that Grafana imports: a data source to choose, panels with ids, places and queries', () => {
    const dashboard = JSON.parse(read('deploy', 'grafana', 'consent-hub.json')) as {
      uid: string;
      title: string;
      schemaVersion: number;
      templating: { list: { type: string; name: string; query: string }[] };
      panels: (Panel & { id: number })[];
    };
    expect(dashboard).toMatchObject({ uid: 'consent-hub', title: 'Consent Hub', schemaVersion: 39 });
    expect(dashboard.templating.list[0]).toMatchObject({ type: 'datasource', query: 'prometheus' });
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const panel of dashboard.panels) {
      expect(panel).toMatchObject({
        title: expect.stringMatching(/\w/),
        gridPos: {
          h: expect.any(Number),
          w: expect.any(Number),
          x: expect.any(Number),
          y: expect.any(Number),
        },
      });
      if (panel.type !== 'row')
        expect(panel).toMatchObject({ datasource: { type: 'prometheus', uid: '${datasource}' } });
    }
  });
});

describe('each alert', () => {
  const text = read('deploy', 'prometheus', 'alerts.yml');
  const alerts = text.split(/^ {6}- alert: /m).slice(1);

  it.each(alerts.map((alert) => [alert.split('\n')[0] ?? '', alert]))(
    '%s has a time, a severity, a summary and a runbook that answers what is asked of it',
    (name, alert) => {
      expect(alert).toMatch(/^ {8}for: \d+[mh]$/m);
      expect(alert).toMatch(/^ {10}severity: (critical|warning)$/m);
      expect(alert).toMatch(/^ {10}summary: \S/m);
      expect(alert).toContain(`runbook_url: docs/runbooks/${name}.md`);
      const runbook = read('docs', 'runbooks', `${name}.md`);
      expect(runbook.split('\n').filter((line) => line.startsWith('#'))).toEqual([
        `# ${name}`,
        ...['## What it means', '## What users notice', '## Look at', '## Do', '## Escalate'],
      ]);
    },
  );
});
