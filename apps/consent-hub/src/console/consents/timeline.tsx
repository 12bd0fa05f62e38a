import type { ConsentEventEntity } from '@consent-hub/consent';
import type { FoundTokenRequest } from '@consent-hub/token-grant';
import type { ComponentChildren, JSX } from 'preact';
import type { PageContext } from '../frame/frame.js';
import { Badge, exactTime, Moment, number } from '../frame/parts.js';
import { millisecondsOf } from './bank-calls.js';
import type { ConsentDetail } from './consent-detail.service.js';
import { groupTimeline, columnOf, COLUMNS, type TimelineGroup } from './timeline-groups.js';

const textOf = (event: ConsentEventEntity): ComponentChildren =>
  event.toState ? (
    <>
      {event.fromState ?? 'opened'} → <b>{event.toState}</b>
      {event.reason !== null && <span class="soft"> {event.reason}</span>}
    </>
  ) : (
    <b>{event.type.replaceAll('_', ' ')}</b>
  );

function actorText({ actor }: ConsentEventEntity, clients: ReadonlyMap<string, string>): string {
  const at = actor.indexOf(':');
  const rest = actor.slice(at + 1);
  return at < 0 ? 'the person' : (clients.get(rest) ?? rest);
}

type Calls = ReadonlyMap<string, FoundTokenRequest>;

const callOf = ({ data }: ConsentEventEntity, calls: Calls): FoundTokenRequest | undefined =>
  calls.get(String(data['request_id'] ?? ''));

/** The three steps of a call, where the journal still has it. */
const Steps = ({ call }: { readonly call: FoundTokenRequest }): JSX.Element => (
  <ol class="steps">
    <li>
      <b>reserved</b> {exactTime(call.sentAt)} by <code>{call.owner}</code>
    </li>
    <li>
      <b>called</b> POST /token, Request-ID <code>{call.requestId}</code>
      {call.httpStatus !== null && `, HTTP ${call.httpStatus}`}
    </li>
    <li>
      <b>settled</b> {call.status}
      {call.settledAt && `, after ${number(millisecondsOf(call) ?? 0)} ms`}
    </li>
  </ol>
);

const Refreshes = ({
  group: { entries },
  calls,
}: {
  readonly group: TimelineGroup;
  readonly calls: Calls;
}): JSX.Element => {
  const [first] = entries;
  const last = entries.at(-1) ?? first;
  return (
    <details>
      <summary>
        Refreshed {number(entries.length)} times, generation {String(first.data['generation'])} to{' '}
        {String(last.data['generation'])}
      </summary>
      <ol start={first.seq} class="rows" tabIndex={0} aria-label="Refreshes">
        {entries.map((entry) => {
          const call = callOf(entry, calls);
          return (
            <li key={entry.seq}>
              generation {String(entry.data['generation'])}, {exactTime(entry.at)}
              {call && <Steps call={call} />}
            </li>
          );
        })}
      </ol>
    </details>
  );
};

function Entry({
  entry,
  clients,
  calls,
  isOpen,
}: {
  readonly entry: ConsentEventEntity;
  readonly clients: ConsentDetail['clients'];
  readonly calls: Calls;
  readonly isOpen: boolean;
}): JSX.Element {
  const data = Object.entries(entry.data);
  const call = callOf(entry, calls);
  return (
    <>
      <div>
        {textOf(entry)} <span class="soft">by {actorText(entry, clients)}</span>
      </div>
      {(data.length > 0 || call) && (
        <details open={isOpen}>
          <summary class="soft">
            Entry {number(entry.seq)}
            {call && ': reserve, call, settle'}
          </summary>
          {call && <Steps call={call} />}
          {data.length > 0 && (
            <div class="data">{data.map(([name, value]) => `${name}: ${String(value)}`).join('  ')}</div>
          )}
        </details>
      )}
    </>
  );
}

function Verified({ detail: { verified, asOf } }: { readonly detail: ConsentDetail }): JSX.Element {
  const [fault] = verified.broken;
  return (
    <span title={`The hashes of the chain were computed again at ${exactTime(asOf)}`}>
      {fault ? (
        <Badge meaning="bad">
          entry {number(fault.seq)} {fault.fault.replaceAll('_', ' ')}
        </Badge>
      ) : (
        <Badge meaning="good">
          {number(verified.entries)} {verified.entries === 1 ? 'entry' : 'entries'}, verified
        </Badge>
      )}
    </span>
  );
}

/** The timeline of a consent in columns, and whether it is as it was written. */
export function Timeline({
  context,
  detail,
  isFull,
}: {
  readonly context: PageContext;
  readonly detail: ConsentDetail;
  /** Whether each entry stands for itself, with all that it holds. */
  readonly isFull: boolean;
}): JSX.Element {
  const { events, clients, consent } = detail;
  const calls: Calls = new Map(detail.calls.map((call) => [call.requestId, call]));
  const address = `${context.base}/console/consents/${consent.id}`;
  return (
    <section class="card section" aria-labelledby="timeline">
      <div class="plot-head">
        <h2 id="timeline">Timeline</h2>
        <Verified detail={detail} />
      </div>
      <nav aria-label="Views of the timeline">
        <ul class="chips">
          {[
            ['Folded', `${address}#timeline`, !isFull],
            ['Full', `${address}?timeline=full#timeline`, isFull],
            ['JSON', `${address}/timeline.json`, false],
          ].map(([name, href, isShown]) => (
            <li key={String(name)}>
              <a class="chip" href={String(href)} aria-current={isShown === true ? 'true' : undefined}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="columns-head" aria-hidden="true">
        {['Latest first', ...COLUMNS].map((column) => (
          <span key={column}>{column}</span>
        ))}
      </div>
      <ul class="columns">
        {groupTimeline(events, !isFull)
          .reverse()
          .map((group) => {
            const [first] = group.entries;
            const last = group.entries.at(-1) ?? first;
            const column = columnOf(first);
            return (
              <li key={first.seq}>
                <span class="nowrap when">
                  <Moment at={last.at} />
                </span>
                <div class={`column-${COLUMNS.indexOf(column)}`}>
                  <span class="column">{column}</span>
                  {group.entries.length > 1 ? (
                    <Refreshes group={group} calls={calls} />
                  ) : (
                    <Entry entry={first} clients={clients} calls={calls} isOpen={isFull} />
                  )}
                </div>
              </li>
            );
          })}
      </ul>
    </section>
  );
}
