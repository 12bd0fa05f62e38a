import type { EventType, FeedEvent } from '@consent-hub/consent';
import type { JSX } from 'preact';
import { Badge, meaningOf, Moment, type Meaning } from '../frame/parts.js';

const OF_THE_HUB: Partial<Readonly<Record<EventType, Meaning>>> = {
  'consent.in_doubt': 'doubt',
  'consent.expiring': 'doubt',
  'consent.erased': 'ended',
  'hub.refreshes_paused': 'bad',
  'hub.refreshes_resumed': 'good',
  'hub.certificate_expiring': 'doubt',
  'hub.vault_key_retired': 'ended',
  'hub.webhook_disabled': 'bad',
};

const meaningOfEvent = ({ type, state }: FeedEvent): Meaning =>
  OF_THE_HUB[type] ?? (state === null ? 'wait' : meaningOf(state));

/** `consent.accounts_listed` as `accounts listed`. */
const textOf = (type: EventType): string => type.replace(/^(consent|hub)\./, '').replaceAll('_', ' ');

const Subject = ({ event, base }: { readonly event: FeedEvent; readonly base: string }): JSX.Element => {
  const { consentId, reason, data } = event;
  if (consentId !== null)
    return (
      <>
        <a class="mono" href={`${base}/console/consents/${consentId}`}>
          {consentId.slice(-12)}
        </a>
        {reason !== null && ` ${reason.replaceAll('_', ' ')}`}
      </>
    );
  return <>{typeof data['brand'] === 'string' ? `brand ${data['brand']}` : 'of the hub'}</>;
};

/** The newest events, at the side of the overview. */
export const LatestEvents = ({
  events,
  base,
}: {
  readonly events: readonly FeedEvent[];
  readonly base: string;
}): JSX.Element => (
  <>
    <h2 id="events">Newest events</h2>
    {events.length === 0 ? (
      <p class="soft">Nothing has happened yet. Events show here once a consent is opened.</p>
    ) : (
      <ol class="feed">
        {events.map((event) => (
          <li key={event.id}>
            <Badge meaning={meaningOfEvent(event)}>{textOf(event.type)}</Badge>
            <span class="asof">
              <Moment at={event.at} />
            </span>
            <span class="asof subject">
              <Subject event={event} base={base} />
            </span>
          </li>
        ))}
      </ol>
    )}
  </>
);
