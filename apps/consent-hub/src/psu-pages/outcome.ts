import { isLive, type PersonConsent } from '@consent-hub/consent';

/** The outcome of a renewal, as shown to a person who comes back from the bank. */
export type Outcome =
  | 'done'
  | 'done_fewer'
  | 'in_progress'
  | 'waiting'
  | 'cancelled'
  | 'failed'
  | 'timed_out'
  | 'replaced'
  | 'ended';

/** The accounts that the consent before covered and this one does not; none while the bank has not listed those of this one. */
export const missingAccounts = (
  consent: PersonConsent,
  predecessor: PersonConsent | null,
): readonly string[] =>
  consent.areAccountsKnown && predecessor
    ? predecessor.ibans.filter((iban) => !consent.ibans.includes(iban))
    : [];

/** @param missing accounts that the renewed consent no longer covers */
export function outcomeOf(consent: PersonConsent, missing: readonly string[]): Outcome {
  const { state, stateReason } = consent;
  if (isLive(state)) return missing.length > 0 ? 'done_fewer' : 'done';
  if (consent.activatedAt !== null) return 'ended';
  if (state === 'initiated') return 'waiting';
  if (state === 'authorized') return 'in_progress';
  if (state === 'expired') return stateReason === 'replaced' ? 'replaced' : 'timed_out';
  return stateReason === 'psu_refused' ? 'cancelled' : 'failed';
}
