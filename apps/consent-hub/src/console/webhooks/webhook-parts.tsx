import { MOST_DELIVERIES_COUNTED, type DeliveryFacts, type WebhookFacts } from '@consent-hub/consent';
import type { JSX } from 'preact';
import { Badge, Moment, number, type Meaning } from '../frame/parts.js';

/** What the states of deliveries are called, and their colour. */
export const DELIVERY_NAMES: Readonly<Record<DeliveryFacts['state'], readonly [string, Meaning]>> = {
  pending: ['waiting', 'wait'],
  delivered: ['delivered', 'good'],
  failed: ['given up', 'bad'],
};

const DISABLED: Readonly<Record<string, string>> = {
  by_client: 'by hand',
  gone: 'receiver is gone',
  failing: 'failed for days',
};

export function WebhookBadge({
  webhook: { state, disabledReason, failingSince },
}: {
  readonly webhook: WebhookFacts;
}): JSX.Element {
  if (state === 'disabled')
    return <Badge meaning="ended">disabled: {DISABLED[disabledReason ?? ''] ?? disabledReason}</Badge>;
  return failingSince ? (
    <Badge meaning="bad">
      failing since <Moment at={failingSince} />
    </Badge>
  ) : (
    <Badge meaning="good">enabled</Badge>
  );
}

/** `204`, `500`, or why no status came. */
export const outcomeOf = ({
  lastStatus,
  lastError,
}: Pick<DeliveryFacts, 'lastStatus' | 'lastError'>): string =>
  lastStatus === null ? (lastError ?? '–') : String(lastStatus);

export const counted = (count: number): string =>
  `${number(count)}${count >= MOST_DELIVERIES_COUNTED ? '+' : ''}`;

/** A path or a query may be a secret of the receiver. */
export const hostOf = ({ url }: WebhookFacts): string => new URL(url).host;
