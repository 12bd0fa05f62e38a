import type { InstanceRun } from '@consent-hub/consent';
import type { ComponentChildren, JSX } from 'preact';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Empty, exactTime, Moment, number, plural, span, Table } from '../frame/parts.js';
import type { InstanceRuns } from './instance-runs.service.js';
import { MEANING_OF_STATE, sharedNames, sharesItsName, stateOf } from './instance-state.js';
import { Share } from './share.js';

const HEADINGS = [
  'Instance',
  'State',
  'Version',
  'Schema',
  '#Uptime',
  'Last seen',
  'Spool',
  '#Not stored',
  '#Share of the sweep',
];

/** `CreateConsole1795402300000`: the number identifies a migration, the name is for people. */
const numberOf = (schema: string): string => /\d+$/.exec(schema)?.[0] ?? schema;

const Spool = ({ run }: { readonly run: InstanceRun }): JSX.Element => (
  <>
    {run.spoolIsWritable ? 'writable' : <Badge meaning="bad">not writable</Badge>}
    <span class="sub soft">{plural(run.spoolFiles, 'file')}</span>
  </>
);

const Unsettled = ({ run }: { readonly run: InstanceRun }): JSX.Element => (
  <>
    {plural(run.unsettledAnswers, 'answer')}
    {run.oldestUnsettledAt && (
      <span class="sub soft">
        oldest <Moment at={run.oldestUnsettledAt} />
      </span>
    )}
  </>
);

function cellsOf(run: InstanceRun, isShared: boolean, refreshes: number): ComponentChildren[] {
  const state = stateOf(run);
  const until = run.endedAt ?? run.seenAt;
  return [
    <span key="name">
      <b class={isShared ? 'bad' : undefined}>{run.name}</b>
      {isShared && <span class="sub bad">two under this name</span>}
    </span>,
    <Badge key="state" meaning={MEANING_OF_STATE[state]}>
      {state}
    </Badge>,
    run.version,
    <span key="schema" title={run.schema}>
      {numberOf(run.schema)}
    </span>,
    <span key="uptime" title={`since ${exactTime(run.startedAt)}`}>
      {span((until.getTime() - run.startedAt.getTime()) / 1000)}
    </span>,
    <Moment key="seen" at={until} />,
    <Spool key="spool" run={run} />,
    <Unsettled key="unsettled" run={run} />,
    <Share key="share" count={run.day.refreshes} of={refreshes} />,
  ];
}

const SharedName = ({ names }: { readonly names: ReadonlySet<string> }): JSX.Element => (
  <p class="notice bad" role="alert">
    Two processes at work were given the name <b>{[...names].join(', ')}</b> by <code>HUB_INSTANCE</code>. The
    one that began later has taken a name of its own. Pairs are safe; give each process a name of its own, so
    that log lines and spools can be distinguished.
  </p>
);

/** Which hubs work on this database, and those that did within a day. */
export function renderInstances(context: PageContext, { runs, asOf }: InstanceRuns): string {
  const shared = sharedNames(runs);
  const refreshes = runs.reduce((sum, { day }) => sum + day.refreshes, 0);
  const atWork = runs.filter((run) => stateOf(run) === 'at work').length;
  return renderFrame({
    context,
    title: 'Instances',
    page: 'instances',
    asOf,
    children:
      runs.length === 0 ? (
        <Empty>
          <p>No process has described itself yet. Each does ten seconds after its start; reload the page.</p>
        </Empty>
      ) : (
        <>
          {shared.size > 0 && <SharedName names={shared} />}
          <p>
            {number(atWork)} at work; {number(runs.length - atWork)} more ended or fell silent within 24
            hours. Each describes itself every ten seconds, and is silent after 45 seconds without.
          </p>
          <Table
            caption="Processes of the hub, those at work first"
            headings={HEADINGS}
            rows={runs.map((run) => cellsOf(run, sharesItsName(run, shared), refreshes))}
          />
          <p class="foot">
            The share of the sweep is of the scheduled refreshes that ended in 24 hours. Not stored are
            answers of the bank that wait in the spool for the database.
          </p>
        </>
      ),
  });
}
