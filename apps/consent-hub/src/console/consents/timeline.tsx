import type { ConsentEventEntity } from '@consent-hub/consent';
import type { ComponentChildren, JSX } from 'preact';
import type { PageContext } from '../frame/frame.js';
import { Badge, exactTime, Moment, number } from '../frame/parts.js';
import type { ConsentDetail } from './consent-detail.service.js';
import { groupTimeline, laneOf, type TimelineGroup } from './timeline-groups.js';

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

function Group({
  group: { entries, isRefreshes },
  clients,
}: {
  readonly group: TimelineGroup;
  readonly clients: ConsentDetail['clients'];
}): JSX.Element {
  const [first] = entries;
  const last = entries.at(-1) ?? first;
  const data = Object.entries(first.data);
  return (
    <li>
      <span class="nowrap">
        <Moment at={last.at} />
      </span>
      <span class="lane">{laneOf(first)}</span>
      {isRefreshes && entries.length > 1 ? (
        <details>
          <summary>
            Refreshed {number(entries.length)} times, generation {String(first.data['generation'])} to{' '}
            {String(last.data['generation'])}
          </summary>
          <ol start={first.seq}>
            {entries.map((entry) => (
              <li key={entry.seq}>
                generation {String(entry.data['generation'])}, {exactTime(entry.at)}
              </li>
            ))}
          </ol>
        </details>
      ) : (
        <div>
          <div>
            {textOf(first)} <span class="soft">by {actorText(first, clients)}</span>
          </div>
          {data.length > 0 && (
            <div class="data">{data.map(([name, value]) => `${name}: ${String(value)}`).join('  ')}</div>
          )}
        </div>
      )}
    </li>
  );
}

/** The timeline of a consent, and whether it is as it was written. */
export function Timeline({
  context,
  detail: { events, verified, clients, consent },
}: {
  readonly context: PageContext;
  readonly detail: ConsentDetail;
}): JSX.Element {
  const [fault] = verified.broken;
  return (
    <section class="card section" aria-labelledby="timeline">
      <div class="plot-head">
        <h2 id="timeline">Timeline</h2>
        {fault ? (
          <Badge meaning="bad">
            entry {number(fault.seq)} {fault.fault.replaceAll('_', ' ')}
          </Badge>
        ) : (
          <Badge meaning="good">
            {number(verified.entries)} {verified.entries === 1 ? 'entry' : 'entries'}, verified
          </Badge>
        )}
      </div>
      <p class="soft">
        Latest first. <a href={`${context.base}/console/consents/${consent.id}/timeline.json`}>As JSON</a>
      </p>
      <ul class="line">
        {groupTimeline(events)
          .reverse()
          .map((group) => (
            <Group key={group.entries[0].seq} group={group} clients={clients} />
          ))}
      </ul>
    </section>
  );
}
