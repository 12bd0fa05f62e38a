import { DELIVERY_STATES, type DeliveryFacts, type DeliveryState } from '@consent-hub/consent';
import type { ComponentChildren, JSX } from 'preact';
import { mayActAs } from '../access/console-role.js';
import { Facts } from '../frame/facts.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Empty, Moment, number, Table } from '../frame/parts.js';
import type { WebhookDetail } from './webhook-facts.service.js';
import { counted, DELIVERY_NAMES, hostOf, outcomeOf, WebhookBadge } from './webhook-parts.js';

interface Props {
  readonly context: PageContext;
  readonly detail: WebhookDetail;
  readonly state: DeliveryState | null;
}

const addressOf = ({ context, detail: { webhook } }: Props): string =>
  `${context.base}/console/webhooks/${webhook.id}`;

const mayAct = ({ context: { session } }: Props): boolean => mayActAs(session, 'operator');

const About = (props: Props): JSX.Element => {
  const { context, detail } = props;
  const { webhook, client } = detail;
  return (
    <section class="card" aria-labelledby="about">
      <h2 id="about">About</h2>
      <Facts
        facts={[
          ['State', <WebhookBadge key="state" webhook={webhook} />],
          ['Sends to', <code key="url">{mayAct(props) ? webhook.url : `https://${hostOf(webhook)}/…`}</code>],
          [
            'Client',
            <a key="client" href={`${context.base}/console/clients/${webhook.apiClientId}`}>
              {client}
            </a>,
          ],
          ...(webhook.description === null ? [] : [['Description', webhook.description] as const]),
          ['Gets', webhook.eventTypes.join(', ')],
          ['Made', <Moment key="made" at={webhook.createdAt} exactly />],
        ]}
      />
    </section>
  );
};

const Actions = (props: Props): JSX.Element => {
  const { webhook } = props.detail;
  const action = (path: string, text: string) => (
    <a class="button quiet" href={`${addressOf(props)}/${path}`}>
      {text}
    </a>
  );
  return (
    <section class="card stack" aria-labelledby="stands">
      <h2 id="stands">How it stands</h2>
      <Facts
        facts={[
          ['Waiting', counted(webhook.pending)],
          ['Given up', counted(webhook.failed)],
        ]}
      />
      <p class="soft">
        An event is given up when its last attempt has failed. It stays here for some weeks, and can be sent
        again.
      </p>
      {mayAct(props) && (
        <div class="actions">
          {webhook.failed > 0 && action('replay?what=failed', 'Send again what was given up…')}
          {action('replay?what=after', 'Send again…')}
          {action('test', 'Test…')}
          {webhook.state === 'enabled' ? action('disable', 'Disable…') : action('enable', 'Enable…')}
          {action('secret', 'New secret…')}
        </div>
      )}
    </section>
  );
};

const rowOf =
  (props: Props) =>
  (delivery: DeliveryFacts): ComponentChildren[] => {
    const [name, meaning] = DELIVERY_NAMES[delivery.state];
    return [
      <code key="event" class="nowrap">
        {delivery.eventId}
      </code>,
      delivery.eventType,
      delivery.consentId === null ? (
        '–'
      ) : (
        <a class="mono" href={`${props.context.base}/console/consents/${delivery.consentId}`}>
          …{delivery.consentId.slice(-12)}
        </a>
      ),
      <Badge key="state" meaning={meaning}>
        {name}
      </Badge>,
      outcomeOf(delivery),
      <Moment key="at" at={delivery.endedAt ?? delivery.dueAt} />,
      number(delivery.attempts),
      ...(mayAct(props)
        ? [
            <a
              key="again"
              href={`${addressOf(props)}/replay?what=events&event=${delivery.eventId}`}
              aria-label={`Send again ${delivery.eventId}`}
            >
              Send again…
            </a>,
          ]
        : []),
    ];
  };

function Deliveries(props: Props): JSX.Element {
  const { detail, state } = props;
  const { deliveries, next } = detail;
  const query = (more: Readonly<Record<string, string>>) => {
    const all = new URLSearchParams({ ...(state && { state }), ...more });
    return `${addressOf(props)}${all.size > 0 ? `?${all}` : ''}`;
  };
  return (
    <section class="section" aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      <nav aria-label="Which deliveries">
        <ul class="chips">
          {[null, ...DELIVERY_STATES].map((one) => (
            <li key={one}>
              <a
                class="chip"
                aria-current={one === state ? 'true' : undefined}
                href={`${addressOf(props)}${one ? `?state=${one}` : ''}`}
              >
                {one ? DELIVERY_NAMES[one][0] : 'all'}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="section">
        {deliveries.length === 0 ? (
          <Empty>
            <h2>{state ? 'No delivery is like this' : 'Nothing was sent yet'}</h2>
            <p>
              {state
                ? 'Show all of them instead.'
                : 'Events of the types that it gets stand here once they happen. Send a test to see whether the receiver answers.'}
            </p>
          </Empty>
        ) : (
          <Table
            caption="Deliveries, the newest event first"
            headings={[
              ...['Event', 'Type', 'Consent', 'State', 'Answer', 'Ended or next', '#Attempts'],
              ...(mayAct(props) ? ['Action'] : []),
            ]}
            rows={deliveries.map(rowOf(props))}
          />
        )}
      </div>
      {next !== null && (
        <p class="actions">
          <a class="button quiet" rel="next" href={query({ before: String(next) })}>
            Next page
          </a>
        </p>
      )}
    </section>
  );
}

/** @param message what has just been done */
export function renderWebhook(
  context: PageContext,
  detail: WebhookDetail,
  { state, message }: { readonly state: DeliveryState | null; readonly message: string | undefined },
): string {
  const props = { context, detail, state };
  return renderFrame({
    context,
    title: `Webhook ${hostOf(detail.webhook)}`,
    page: 'webhooks',
    asOf: detail.asOf,
    children: (
      <>
        {message !== undefined && (
          <p class="notice" role="status">
            {message} The audit shows what you did.
          </p>
        )}
        <div class="two">
          <About {...props} />
          <Actions {...props} />
        </div>
        <Deliveries {...props} />
      </>
    ),
  });
}
