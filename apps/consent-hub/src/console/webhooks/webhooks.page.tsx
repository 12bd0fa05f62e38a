import type { WebhookFacts } from '@consent-hub/consent';
import type { ComponentChildren } from 'preact';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Empty, Moment, Table } from '../frame/parts.js';
import type { NamedWebhook } from './webhook-facts.service.js';
import { counted, DELIVERY_NAMES, hostOf, outcomeOf, WebhookBadge } from './webhook-parts.js';

/** Which webhooks are shown. */
export const WEBHOOK_VIEWS = {
  all: 'All',
  enabled: 'Enabled',
  disabled: 'Disabled',
  failing: 'Failing, or with events given up',
} as const;
export type WebhookView = keyof typeof WEBHOOK_VIEWS;

const IS_SHOWN: Readonly<Record<WebhookView, (webhook: WebhookFacts) => boolean>> = {
  all: () => true,
  enabled: ({ state }) => state === 'enabled',
  disabled: ({ state }) => state === 'disabled',
  failing: ({ state, failed, failingSince }) => failed > 0 || (state === 'enabled' && failingSince !== null),
};

const row =
  (context: PageContext) =>
  ({ webhook, client }: NamedWebhook): ComponentChildren[] => {
    const { last } = webhook;
    return [
      <a key="host" href={`${context.base}/console/webhooks/${webhook.id}`}>
        {hostOf(webhook)}
      </a>,
      <a key="client" href={`${context.base}/console/clients/${webhook.apiClientId}`}>
        {client}
      </a>,
      <WebhookBadge key="state" webhook={webhook} />,
      <span key="types" title={webhook.eventTypes.join(', ')}>
        {webhook.eventTypes.length} {webhook.eventTypes.length === 1 ? 'type' : 'types'}
      </span>,
      counted(webhook.pending),
      counted(webhook.failed),
      last ? (
        <>
          <Badge meaning={DELIVERY_NAMES[last.state][1]}>{DELIVERY_NAMES[last.state][0]}</Badge>{' '}
          {outcomeOf(last)} <Moment at={last.endedAt ?? last.dueAt} />
        </>
      ) : (
        'none yet'
      ),
    ];
  };

const HEADINGS = ['Endpoint', 'Client', 'State', 'Gets', '#Waiting', '#Given up', 'Last event'];

export function renderWebhooks(
  context: PageContext,
  all: readonly NamedWebhook[],
  view: WebhookView,
): string {
  const shown = all.filter(({ webhook }) => IS_SHOWN[view](webhook));
  return renderFrame({
    context,
    title: 'Webhooks',
    page: 'webhooks',
    asOf: new Date(),
    children: (
      <div class="stack">
        <nav aria-label="Which webhooks">
          <ul class="chips">
            {Object.entries(WEBHOOK_VIEWS).map(([name, text]) => (
              <li key={name}>
                <a
                  class="chip"
                  aria-current={name === view ? 'true' : undefined}
                  href={`${context.base}/console/webhooks${name === 'all' ? '' : `?show=${name}`}`}
                >
                  {text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {shown.length === 0 ? (
          <Empty>
            <h2>{all.length === 0 ? 'There are no webhooks' : 'No webhook is like this'}</h2>
            <p>
              {all.length === 0
                ? 'An API client makes one with POST /v1/webhooks, to be sent what happens.'
                : 'Show all of them instead.'}
            </p>
          </Empty>
        ) : (
          <Table caption="Webhooks of all API clients" headings={HEADINGS} rows={shown.map(row(context))} />
        )}
      </div>
    ),
  });
}
