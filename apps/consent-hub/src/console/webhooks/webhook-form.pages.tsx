import type { WebhookFacts } from '@consent-hub/consent';
import type { Secret } from '@consent-hub/psd2-protocol';
import { renderActionForm } from '../frame/action-form.page.js';
import { renderCard, type PageContext } from '../frame/frame.js';
import type { SentReason } from '../frame/reason-field.js';
import { TextField } from '../frame/fields.js';
import { renderNewSecret } from '../frame/secret.page.js';
import type { NamedWebhook } from './webhook-facts.service.js';
import { PLAIN_ACTIONS, REPLAYS, type PlainAction, type SentReplay } from './webhook-forms.js';
import { counted, hostOf } from './webhook-parts.js';

const pathOf = ({ id }: WebhookFacts): string => `/console/webhooks/${id}`;

export const renderReplay = (
  context: PageContext,
  { webhook, client }: NamedWebhook,
  sent: SentReplay,
  faults: ReadonlyMap<string, string>,
): string =>
  renderActionForm(context, {
    title: 'Send events again',
    action: `${pathOf(webhook)}/replay`,
    cancel: pathOf(webhook),
    button: 'Send again',
    sent: { reason: sent.reason, fault: faults.get('reason') },
    children: (
      <>
        <p>
          To {hostOf(webhook)} of <b>{client}</b>. {counted(webhook.failed)} given up. The receiver drops what
          it has seen by the id of the event.
        </p>
        <fieldset>
          <legend>Send</legend>
          {Object.entries(REPLAYS).map(([kind, text]) => (
            <label key={kind} class="check">
              <input type="radio" name="what" value={kind} checked={kind === sent.what} />
              <span>{text}</span>
            </label>
          ))}
        </fieldset>
        <TextField name="after" label="After the event" value={sent.after} fault={faults.get('after')} />
        <TextField
          name="events"
          label="Ids of events, with spaces between"
          value={sent.events}
          fault={faults.get('events')}
        />
      </>
    ),
  });

export const renderPlainAction = (
  context: PageContext,
  { webhook, client }: NamedWebhook,
  action: PlainAction,
  sent?: SentReason,
): string => {
  const { title, text, button, isFinal } = PLAIN_ACTIONS[action];
  return renderActionForm(context, {
    title,
    action: `${pathOf(webhook)}/${action}`,
    cancel: pathOf(webhook),
    button,
    isFinal,
    sent,
    children: (
      <>
        <p>
          {hostOf(webhook)} of <b>{client}</b>
        </p>
        <p>{text}</p>
        {action === 'secret' && <input type="hidden" name="generation" value={webhook.secretGeneration} />}
      </>
    ),
  });
};

/** Shows the secret, once. */
export const renderWebhookSecret = (
  context: PageContext,
  { webhook, client }: NamedWebhook,
  secret: Secret,
): string =>
  renderNewSecret(context, {
    title: 'The new secret of the webhook',
    name: 'Secret',
    secret,
    back: pathOf(webhook),
    children: (
      <p>
        {hostOf(webhook)} of <b>{client}</b> verifies with it what the hub sends. For 24 hours the secret
        before signs as well.
      </p>
    ),
  });

export const renderTestResult = (
  context: PageContext,
  { webhook }: NamedWebhook,
  { status, error }: { readonly status: number | null; readonly error: string | null },
): string =>
  renderCard({
    title: error === null ? 'The receiver took the test' : 'The receiver did not take the test',
    context,
    children: (
      <>
        <p role="status">
          {status === null ? 'No answer came' : `It answered ${status}`}
          {error === null ? '.' : `: ${error}.`}
        </p>
        <p class="actions">
          <a class="button" href={context.base + pathOf(webhook)}>
            Back to the webhook
          </a>
        </p>
      </>
    ),
  });
