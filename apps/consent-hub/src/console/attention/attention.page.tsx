import { ATTENTION_REASONS, type AttentionReason, type FoundConsent } from '@consent-hub/consent';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { ComponentChildren, JSX } from 'preact';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Clip, Empty, Moment, number, StateBadge, Table, type Meaning } from '../frame/parts.js';
import type { AttentionInbox } from './attention.service.js';
import { CAUSES } from './causes.js';
import type { HubCause } from './hub-causes.js';

interface CauseCard extends Pick<HubCause, 'title' | 'meaning' | 'happened' | 'next' | 'todo'> {
  readonly id: string;
  readonly count?: ComponentChildren;
  readonly children?: ComponentChildren;
}

const Cause = ({ id, title, meaning, happened, next, todo, count, children }: CauseCard): JSX.Element => (
  <section class="card stack" aria-labelledby={id}>
    <div class="plot-head">
      <h2 id={id}>{title}</h2>
      {count !== undefined && <Badge meaning={meaning}>{count}</Badge>}
    </div>
    <dl class="facts">
      <dt>What happened</dt>
      <dd>{happened}</dd>
      <dt>What the hub does</dt>
      <dd>{next}</dd>
      <dt>What you can do</dt>
      <dd>{todo}</dd>
    </dl>
    {children}
  </section>
);

const MEANINGS: Readonly<Record<AttentionReason, Meaning>> = {
  in_doubt: 'doubt',
  answer_unreadable: 'doubt',
  failed: 'bad',
  expiring: 'wait',
  accounts_refused: 'doubt',
};

const rowOf =
  (context: PageContext) =>
  ({ consent }: FoundConsent): ComponentChildren[] => [
    <a key="id" class="mono nowrap" href={`${context.base}/console/consents/${consent.id}`}>
      …{consent.id.slice(-12)}
    </a>,
    <>
      <StateBadge state={consent.state} />{' '}
      {consent.stateReason !== null && <span class="soft nowrap">{consent.stateReason}</span>}
    </>,
    <span key="kind" class="nowrap">
      {BRAND_NAMES[consent.brand]} {consent.scope}
    </span>,
    <Clip key="person" text={consent.psuRef} />,
    <span key="when" class="nowrap">
      {consent.endedAt ? (
        <>
          ended <Moment at={consent.endedAt} />
        </>
      ) : consent.consentExpiresAt ? (
        <>
          ends <Moment at={consent.consentExpiresAt} />
        </>
      ) : (
        <>
          opened <Moment at={consent.createdAt} />
        </>
      )}
    </span>,
  ];

function ConsentsOf({
  context,
  inbox,
  reason,
}: {
  readonly context: PageContext;
  readonly inbox: AttentionInbox;
  readonly reason: AttentionReason;
}): JSX.Element {
  const { count, isExact } = inbox.counts.byReason[reason];
  const text = `${number(count)}${isExact ? '' : '+'}`;
  return (
    <Cause id={reason} meaning={MEANINGS[reason]} {...CAUSES[reason]} count={text}>
      <Table
        caption={`${CAUSES[reason].title}: the latest`}
        headings={['Consent', 'State', 'For', 'Person', 'When']}
        rows={inbox.latest[reason].map(rowOf(context))}
      />
      <p>
        <a href={`${context.base}/console/consents?attention=${reason}`}>
          {count === 1 ? 'Show it in the search' : `Show all ${text} in the search`}
        </a>
      </p>
    </Cause>
  );
}

/** @param hub what concerns the hub itself */
export const renderAttention = (
  context: PageContext,
  inbox: AttentionInbox,
  hub: readonly HubCause[],
): string => {
  const reasons = ATTENTION_REASONS.filter((reason) => inbox.counts.byReason[reason].count > 0);
  return renderFrame({
    context,
    title: 'Attention',
    page: 'attention',
    asOf: inbox.counts.asOf,
    children:
      reasons.length + hub.length === 0 ? (
        <Empty>
          <h2>Nothing needs you</h2>
          <p>
            No consent has failed, is in doubt or ends soon, and the hub itself is well. What needs a person
            will stand here, by its cause.
          </p>
        </Empty>
      ) : (
        <div class="stack">
          {hub.map((cause, at) => (
            <Cause key={cause.title} id={`hub-${at}`} {...cause} />
          ))}
          {reasons.map((reason) => (
            <ConsentsOf key={reason} context={context} inbox={inbox} reason={reason} />
          ))}
        </div>
      ),
  });
};
