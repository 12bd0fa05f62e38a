import { isLive, type PersonConsent } from '@consent-hub/consent';

/** The status of a consent, as shown to a person. */
export type Status =
  | 'live'
  | 'ending'
  | 'waiting'
  | 'doubt'
  | 'lost'
  | 'stopped'
  | 'stopped_at_bank'
  | 'stopped_by_tpp'
  | 'over'
  | 'renewed';

/** One colour for each meaning; classes of the stylesheet. */
export type StatusColour = 'live' | 'waiting' | 'doubt' | 'lost' | 'ended';

const COLOURS: Readonly<Record<Status, StatusColour>> = {
  live: 'live',
  ending: 'live',
  waiting: 'waiting',
  doubt: 'doubt',
  lost: 'lost',
  stopped: 'ended',
  stopped_at_bank: 'ended',
  stopped_by_tpp: 'ended',
  over: 'ended',
  renewed: 'ended',
};

export const colourOf = (status: Status): StatusColour => COLOURS[status];

const DAY_MS = 86_400_000;
/** From so many days before the end a consent can be renewed. */
export const RENEWABLE_WITHIN_DAYS = 14;

/** Whole days until the end of the validity, those that have begun counted. Null where no end is set. */
export const daysLeft = (
  { consentExpiresAt }: Pick<PersonConsent, 'consentExpiresAt'>,
  now: Date,
): number | null =>
  consentExpiresAt && Math.max(0, Math.ceil((consentExpiresAt.getTime() - now.getTime()) / DAY_MS));

const isNearItsEnd = (consent: PersonConsent, now: Date): boolean => {
  const days = daysLeft(consent, now);
  return isLive(consent.state) && days !== null && days <= RENEWABLE_WITHIN_DAYS;
};

/** Payments are signed one by one: there is nothing to renew. */
export const isRenewable = (consent: PersonConsent, now: Date): boolean =>
  consent.scope !== 'PIS' && isNearItsEnd(consent, now);

export function statusOf(consent: PersonConsent, now: Date): Status {
  const { state, stateReason, isInDoubt } = consent;
  switch (state) {
    case 'initiated':
    case 'authorized':
      return 'waiting';
    case 'active':
    case 'refreshed':
      if (isInDoubt) return 'doubt';
      return isNearItsEnd(consent, now) ? 'ending' : 'live';
    case 'superseded':
      return 'renewed';
    case 'failed':
      return 'lost';
    case 'revoked':
      if (stateReason === 'withdrawn_by_psu') return 'stopped';
      return stateReason === 'withdrawn_at_bank' ? 'stopped_at_bank' : 'stopped_by_tpp';
    case 'expired':
    case 'rejected':
      return 'over';
  }
}
