import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { ComponentChildren, JSX } from 'preact';
import { ExportLinks } from '../frame/export-links.js';
import { mayActAs } from '../access/console-role.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Clip, Empty, exactTime, Moment, number, StateBadge, Table } from '../frame/parts.js';
import type { AttentionNote } from './attention-note.repository.js';
import type { AttentionInbox, ShownGroup } from './attention.service.js';
import { CAUSES } from './causes.js';
import type { AffectedService } from './consent-groups.service.js';
import type { HubCause } from './hub-causes.js';
import type { NotedCause } from './hub-causes.service.js';
import { Countdown, nextOfGroup, NextSteps, openCount } from './next-steps.js';
import type { ShownConsent } from './shown-consents.service.js';

const SHOWN_SERVICES = 5;
const SHOWN_NOTED = 20;

const DONE: Readonly<Record<string, string>> = {
  acknowledge: 'Acknowledged. It comes back when something new happens to it.',
  snooze: 'Put off until the time that you chose.',
};

interface CauseCard extends Pick<HubCause, 'title' | 'meaning' | 'happened' | 'next' | 'nextAt' | 'todo'> {
  readonly id: string;
  readonly count?: ComponentChildren;
  readonly affected: ComponentChildren;
  readonly children?: ComponentChildren;
}

const Cause = (card: CauseCard): JSX.Element => (
  <section class="card stack" aria-labelledby={card.id}>
    <div class="plot-head">
      <h2 id={card.id}>{card.title}</h2>
      {card.count !== undefined && <Badge meaning={card.meaning}>{card.count}</Badge>}
    </div>
    <dl class="facts">
      <dt>What happened</dt>
      <dd>{card.happened}</dd>
      <dt>What the hub does</dt>
      <dd>{card.next}</dd>
      <dt>Next</dt>
      <dd>
        <Countdown at={card.nextAt} now={new Date()} />
      </dd>
      <dt>What you can do</dt>
      <dd>{card.todo}</dd>
      <dt>Services</dt>
      <dd>{card.affected}</dd>
    </dl>
    {card.children}
  </section>
);

/** Links to the two pages that ask for a note; none for a person who may not act. */
function NoteLinks({
  context,
  cause,
  consentId,
  what,
}: {
  readonly context: PageContext;
  readonly cause: string;
  readonly consentId?: string;
  /** For screen readers, where there are many of these links. */
  readonly what: string;
}): JSX.Element | null {
  if (!mayActAs(context.session, 'operator')) return null;
  const query = new URLSearchParams({ cause, ...(consentId !== undefined && { consent: consentId }) });
  return (
    <>
      {(['acknowledge', 'snooze'] as const).map((name) => (
        <a key={name} class="chip" href={`${context.base}/console/attention/${name}?${query}`}>
          {name === 'acknowledge' ? 'Acknowledge' : 'Snooze'}
          <span class="hide"> {what}</span>
        </a>
      ))}
    </>
  );
}

const Services = ({ affected }: { readonly affected: readonly AffectedService[] }): JSX.Element =>
  affected.length === 0 ? (
    <span class="soft">None has read their tokens.</span>
  ) : (
    <>
      {affected
        .slice(0, SHOWN_SERVICES)
        .map(({ name, consents }) => `${name} (${number(consents)})`)
        .join(', ')}
      {affected.length > SHOWN_SERVICES && ` and ${number(affected.length - SHOWN_SERVICES)} more`}
    </>
  );

const rowOf =
  (context: PageContext, { reason }: ShownGroup) =>
  (shown: ShownConsent): ComponentChildren[] => {
    const { consent } = shown;
    const short = `…${consent.id.slice(-12)}`;
    return [
      <a key="id" class="mono nowrap" href={`${context.base}/console/consents/${consent.id}`}>
        {short}
      </a>,
      <>
        <StateBadge state={consent.state} />{' '}
        {consent.stateReason !== null && <span class="soft nowrap">{consent.stateReason}</span>}
      </>,
      <span key="kind" class="nowrap">
        {BRAND_NAMES[consent.brand]} {consent.scope}
      </span>,
      <Clip key="person" text={consent.psuRef} />,
      consent.endedAt ? (
        <span key="ended">
          ended <Moment at={consent.endedAt} />
        </span>
      ) : (
        <Countdown key="next" at={CAUSES[reason].nextAt(shown)} now={new Date()} />
      ),
      <span key="note" class="chips">
        <NoteLinks context={context} cause={reason} consentId={consent.id} what={short} />
      </span>,
    ];
  };

const noteText = ({ name, at, reason, snoozedUntil }: AttentionNote): ComponentChildren => (
  <>
    {snoozedUntil ? (
      <>
        put off until {exactTime(snoozedUntil)} by {name}
      </>
    ) : (
      <>
        acknowledged <Moment at={at} /> by {name}
      </>
    )}
    : {reason}
  </>
);

function NotedConsents({
  context,
  group: { noted },
}: {
  readonly context: PageContext;
  readonly group: ShownGroup;
}): JSX.Element | null {
  if (noted.length === 0) return null;
  return (
    <details>
      <summary>{number(noted.length)} acknowledged or put off</summary>
      <ul>
        {noted.slice(0, SHOWN_NOTED).map(({ consentId, note }) => (
          <li key={consentId}>
            <a class="mono" href={`${context.base}/console/consents/${consentId}`}>
              …{consentId.slice(-12)}
            </a>{' '}
            <span class="soft">{noteText(note)}</span>
          </li>
        ))}
      </ul>
      {noted.length > SHOWN_NOTED && <p class="soft">And {number(noted.length - SHOWN_NOTED)} more.</p>}
    </details>
  );
}

function ConsentsOf({
  context,
  group,
}: {
  readonly context: PageContext;
  readonly group: ShownGroup;
}): JSX.Element {
  const { reason, shown, affected } = group;
  const cause = CAUSES[reason];
  const search = `${context.base}/console/consents`;
  return (
    <Cause
      id={reason}
      {...cause}
      nextAt={nextOfGroup(group)}
      count={openCount(group)}
      affected={<Services affected={affected} />}
    >
      {shown.length > 0 && (
        <Table
          caption={`${cause.title}: the first`}
          headings={['Consent', 'State', 'For', 'Person', 'When', 'Your note']}
          rows={shown.map(rowOf(context, group))}
        />
      )}
      <div class="chips" role="group" aria-label={`All of: ${cause.title}`}>
        <a class="chip" href={`${search}?attention=${reason}`}>
          Show all in the search
        </a>
        <ExportLinks addressOf={(format) => `${search}/export?attention=${reason}&format=${format}`} />
        <NoteLinks context={context} cause={reason} what={`all: ${cause.title}`} />
      </div>
      <NotedConsents context={context} group={group} />
    </Cause>
  );
}

const CauseOfHub = ({
  context,
  cause,
  at,
}: {
  readonly context: PageContext;
  readonly cause: HubCause;
  readonly at: number;
}): JSX.Element => (
  <Cause {...cause} id={`hub-${at}`}>
    <div class="chips" role="group" aria-label={cause.title}>
      {cause.link && (
        <a class="chip" href={context.base + cause.link[1]}>
          {cause.link[0]}
        </a>
      )}
      <NoteLinks context={context} cause={cause.key} what={cause.title} />
    </div>
  </Cause>
);

const NotedOfHub = ({ noted }: { readonly noted: readonly NotedCause[] }): JSX.Element => (
  <details class="card">
    <summary>{number(noted.length)} of the hub acknowledged or put off</summary>
    <ul>
      {noted.map(({ cause, note }) => (
        <li key={cause.key}>
          {cause.title} <span class="soft">{note && noteText(note)}</span>
        </li>
      ))}
    </ul>
  </details>
);

const Nothing = (): JSX.Element => (
  <Empty>
    <h2>Nothing needs you</h2>
    <p>
      No consent has failed, is in doubt or ends soon, and the hub itself is well. What needs a person will
      stand here, by its cause.
    </p>
  </Empty>
);

/** @param done what has just been done */
export function renderAttention(context: PageContext, inbox: AttentionInbox, done: unknown): string {
  const { hub, groups, asOf } = inbox;
  const noted = hub.filter(({ note }) => note !== undefined);
  const open = hub.filter(({ note }) => !note);
  const said = typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  const base = `${context.base}/console`;
  return renderFrame({
    context,
    title: 'Attention',
    page: 'attention',
    asOf,
    isLive: true,
    children: (
      <div class="stack">
        {said !== undefined && (
          <p class="notice" role="status">
            {said} Your note is in the audit.
          </p>
        )}
        {hub.length + groups.length === 0 && <Nothing />}
        <section class="card" aria-label="What happens next">
          <div
            id="now"
            data-event="attention"
            data-stream={`${base}/live?of=attention`}
            data-poll={`${base}/attention/now`}
          >
            <NextSteps inbox={inbox} />
          </div>
        </section>
        {open.map(({ cause }, at) => (
          <CauseOfHub key={cause.key} context={context} cause={cause} at={at} />
        ))}
        {groups.map((group) => (
          <ConsentsOf key={group.reason} context={context} group={group} />
        ))}
        {noted.length > 0 && <NotedOfHub noted={noted} />}
      </div>
    ),
  });
}
