import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { TimeField } from '../frame/fields.js';
import { Csrf, renderCard, type PageContext } from '../frame/frame.js';
import { StateBadge } from '../frame/parts.js';
import { LONGEST_REASON } from '../frame/form-values.js';
import type { NotedItem } from './attention-actions.service.js';

/** What a person can do about an item of the inbox. */
export const ATTENTION_ACTIONS = {
  acknowledge: {
    title: 'Acknowledge',
    text: 'It leaves the inbox, and comes back when something new happens to it.',
    button: 'Acknowledge',
  },
  snooze: {
    title: 'Snooze',
    text: 'It leaves the inbox, and comes back at the time that you choose.',
    button: 'Snooze',
  },
} as const;
export type AttentionActionName = keyof typeof ATTENTION_ACTIONS;

interface Form {
  readonly item: NotedItem;
  readonly name: AttentionActionName;
  readonly reason: string;
  readonly until: string;
  /** What is wrong with what was sent, by the name of the field. */
  readonly faults: ReadonlyMap<string, string>;
}

const Item = ({ item: { title, consent } }: Pick<Form, 'item'>): JSX.Element => (
  <p>
    <b>{title}</b>
    {consent ? (
      <>
        : <StateBadge state={consent.state} /> {BRAND_NAMES[consent.brand]} {consent.scope} of{' '}
        <b>{consent.psuRef}</b>
      </>
    ) : (
      ': everything of this cause that there is now'
    )}
  </p>
);

/** Asks for a note, and for the time, before anything leaves the inbox. */
export function renderAttentionAction(
  context: PageContext,
  { item, name, reason, until, faults }: Form,
): string {
  const { title, text, button } = ATTENTION_ACTIONS[name];
  const fault = faults.get('reason');
  return renderCard({
    title,
    context,
    children: (
      <form method="post" action={`${context.base}/console/attention/${name}`} class="stack">
        <Item item={item} />
        <p>{text}</p>
        {name === 'snooze' && (
          <TimeField name="until" label="Until (UTC)" value={until} fault={faults.get('until')} />
        )}
        <div>
          <label for="reason">
            Note: why? The audit shows it. Name no customer here: the audit is never erased.
          </label>
          <textarea
            id="reason"
            name="reason"
            required
            minLength={3}
            maxLength={LONGEST_REASON}
            aria-invalid={fault === undefined ? undefined : true}
            aria-describedby={fault === undefined ? undefined : 'reason-fault'}
          >
            {reason}
          </textarea>
          {fault !== undefined && (
            <p class="fault" id="reason-fault">
              {fault}
            </p>
          )}
        </div>
        <input type="hidden" name="cause" value={item.cause} />
        {item.consent && <input type="hidden" name="consent" value={item.consent.id} />}
        <Csrf context={context} />
        <div class="actions">
          <button>{button}</button>
          <a class="button quiet" href={`${context.base}/console/attention`}>
            Cancel
          </a>
        </div>
      </form>
    ),
  });
}
