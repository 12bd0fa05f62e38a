import type { ConsentEntity } from '@consent-hub/consent';

/** Why a return leads nowhere: four different states of affairs, each said plainly. */
export const DEAD_ENDS = ['unknown', 'used', 'replaced', 'expired'] as const;
export type DeadEnd = (typeof DEAD_ENDS)[number];

export type ReturnOutcome =
  | { readonly kind: 'unknown' }
  | { readonly kind: Exclude<DeadEnd, 'unknown'>; readonly consent: ConsentEntity }
  /** The return was taken; the consent says what came of it. */
  | { readonly kind: 'taken'; readonly consent: ConsentEntity };

/** Why the state of a consent that does not wait (any more) cannot be used. */
export function deadEndOf({
  state,
  stateReason,
}: Pick<ConsentEntity, 'state' | 'stateReason'>): Exclude<DeadEnd, 'unknown'> {
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
