import { renderToString } from 'preact-render-to-string';
import type { ComponentChildren, JSX } from 'preact';
import { Badge, exactTime, Moment, number, type Meaning } from '../frame/parts.js';
import type { AttentionInbox, ShownGroup } from './attention.service.js';
import { CAUSES } from './causes.js';

/** `1 000+`: how many of a group need a person. */
export const openCount = ({ open, total, hasMore, noted }: ShownGroup): string =>
  hasMore ? `${number(total.count - noted.length)}${total.isExact ? '' : '+'}` : number(open.length);

/** The soonest of what is shown. */
export const nextOfGroup = ({ reason, shown }: ShownGroup): Date | null =>
  shown
    .flatMap((one) => CAUSES[reason].nextAt(one) ?? [])
    .sort((one, other) => one.getTime() - other.getTime())[0] ?? null;

/** `in 3 min`, with the exact time in the title; what is due says so. */
export const Countdown = ({ at, now }: { readonly at: Date | null; readonly now: Date }): JSX.Element => {
  if (!at) return <span class="soft">not by the clock</span>;
  if (at > now) return <Moment at={at} />;
  return (
    <time dateTime={at.toISOString()} title={exactTime(at)}>
      due now
    </time>
  );
};

interface Step {
  readonly key: string;
  readonly meaning: Meaning;
  readonly title: string;
  readonly count: ComponentChildren;
  readonly at: Date | null;
}

const stepsOf = ({ groups, hub }: AttentionInbox): Step[] => [
  ...hub
    .filter(({ note }) => !note)
    .map(({ cause: { key, meaning, title, nextAt } }) => ({ key, meaning, title, count: 'hub', at: nextAt })),
  ...groups
    .filter(({ open }) => open.length > 0)
    .map((group) => ({
      key: group.reason,
      meaning: CAUSES[group.reason].meaning,
      title: CAUSES[group.reason].title,
      count: openCount(group),
      at: nextOfGroup(group),
    })),
];

/** What the hub does next about each cause: kept current by the stream, and true without it. */
export const NextSteps = ({ inbox }: { readonly inbox: AttentionInbox }): JSX.Element => {
  const steps = stepsOf(inbox);
  return (
    <ul class="next-steps">
      {steps.length === 0 && <li class="soft">Nothing waits for a person.</li>}
      {steps.map(({ key, meaning, title, count, at }) => (
        <li key={key}>
          <Badge meaning={meaning}>{count}</Badge> <span>{title}</span>
          <span class="when">
            <span class="hide">next: </span>
            <Countdown at={at} now={new Date()} />
          </span>
        </li>
      ))}
      <li class="soft foot">
        As of <Moment at={inbox.asOf} exactly />
      </li>
    </ul>
  );
};

export const renderNextSteps = (inbox: AttentionInbox): string => renderToString(<NextSteps inbox={inbox} />);
