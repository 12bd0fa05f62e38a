import type { FailedStatus } from '@consent-hub/token-grant';
import type { Meaning } from '../frame/parts.js';

/** The outcome of a call that brought no pair, with the colour that it has everywhere. */
export const FAILURE_WORDS: Readonly<
  Record<FailedStatus, { readonly text: string; readonly meaning: Meaning }>
> = {
  refused: { text: 'refused by the bank', meaning: 'bad' },
  in_doubt: { text: 'answer lost, not probed yet', meaning: 'doubt' },
  probed: { text: 'answer lost, then probed', meaning: 'wait' },
  not_sent: { text: 'nothing happened at the bank', meaning: 'ended' },
};

/** From the bottom of a bar to its top. */
export const FAILURE_ORDER: readonly FailedStatus[] = ['not_sent', 'probed', 'in_doubt', 'refused'];
