import { isLive, type ConsentEntity, type StateReason } from '@consent-hub/consent';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import { exactTime } from '../frame/parts.js';

/** What the end of a consent means, and what can be done. Words of `state_reason`, whatever state it ended in. */
const REASONS: Readonly<Record<StateReason, (bank: string) => string>> = {
  replaced: () => 'A newer consent of the same person took its place.',
  withdrawn_at_bank: (bank) => `${bank} says that it was withdrawn there. The person must consent again.`,
  withdrawn_by_psu: () => 'The person stopped it on their own pages. They must consent again to share again.',
  withdrawn_by_tpp: () => 'It was ended here. The person must consent again.',
  link_timeout: () => 'The person did not come back in time. Open another link.',
  validity_ended: () => 'Its validity has ended. The person must consent again.',
  psu_refused: () => 'The person refused at the bank.',
  authorization_failed: (bank) => `The person could not finish at ${bank}. Open another link.`,
  code_refused: (bank) =>
    `${bank} refused the code that the person brought back. The person must consent again.`,
  exchange_lost: (bank) =>
    `The answer of ${bank} to the first call for tokens was lost, and the probe was refused. The person must consent again.`,
  rotation_lost: (bank) =>
    `${bank} had replaced the pair, its answer was lost, and the probe was refused. The person must consent again.`,
  refresh_refused: (bank) => `${bank} refused the refresh token. The person must consent again.`,
};

/** The state of a consent in one sentence or two, for people who know neither the hub nor the protocol. */
export function sentenceOf(consent: ConsentEntity): string {
  const { state, stateReason, endedAt, brand, consentExpiresAt, tokenPair } = consent;
  const bank = BRAND_NAMES[brand];
  if (isLive(state)) {
    const until = consentExpiresAt ? ` until ${exactTime(consentExpiresAt)}` : '';
    const next = tokenPair?.refreshDueAt
      ? ` Its tokens are refreshed next at ${exactTime(tokenPair.refreshDueAt)}.`
      : '';
    return `Live: services are handed valid tokens${until}.${next}`;
  }
  if (state === 'initiated')
    return 'Waiting: the link is there, and the person has not come back from the bank yet.';
  if (state === 'authorized')
    return `Waiting: the person said yes, and ${bank} is being asked for the first tokens.`;
  const at = endedAt ? ` at ${exactTime(endedAt)}` : '';
  const word = state === 'failed' ? 'Lost' : `${state.charAt(0).toUpperCase()}${state.slice(1)}`;
  return `${word}${at}. ${stateReason === null ? '' : REASONS[stateReason](bank)}`.trim();
}
