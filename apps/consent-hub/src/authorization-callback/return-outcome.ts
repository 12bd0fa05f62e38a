import type { ConsentEntity } from '@consent-hub/consent';

/** Why a return leads nowhere: different states of affairs, each said plainly. */
export const DEAD_ENDS = ['unknown', 'used', 'replaced', 'expired', 'browser_not_bound'] as const;
export type DeadEnd = (typeof DEAD_ENDS)[number];

export type ReturnOutcome =
  | { readonly kind: 'unknown' }
  | { readonly kind: Exclude<DeadEnd, 'unknown'>; readonly consent: ConsentEntity }
  /** After a later authentication: whether it brought an SCA token, which is stored. */
  | { readonly kind: 'sca'; readonly consent: ConsentEntity; readonly isConfirmed: boolean }
  /** The return was taken, now or before; the consent holds the result. */
  | { readonly kind: 'taken'; readonly consent: ConsentEntity };

/** What the browser that a consent is tied to learns of a consent that no longer waits. */
export function outcomeOf(consent: ConsentEntity): ReturnOutcome {
  const end = deadEndOf(consent);
  return { kind: end === 'used' ? 'taken' : end, consent };
}

/** Why the state of a consent that no longer waits cannot be used: it was used, or was not used in time. */
export function deadEndOf({
  state,
  stateReason,
}: Pick<ConsentEntity, 'state' | 'stateReason'>): 'used' | 'replaced' | 'expired' {
  if (state !== 'expired') return 'used';
  switch (stateReason) {
    case 'replaced':
      return 'replaced';
    case 'link_timeout':
    case 'withdrawn_by_tpp':
      return 'expired';
    default:
      // Its validity ran out, so it was live once.
      return 'used';
  }
}
