import type { ConsentFlow } from '@consent-hub/consent';
import type { Meaning } from '../frame/parts.js';

/** The outcomes of an opened consent, and the day of each. */
export const FUNNEL_ENDS = {
  active: { text: 'active', meaning: 'good' },
  refused: { text: 'refused by the person', meaning: 'ended' },
  timedOut: { text: 'link expired', meaning: 'doubt' },
  withdrawn: { text: 'link replaced or withdrawn', meaning: 'wait' },
  failed: { text: 'failed at the bank or in the exchange', meaning: 'bad' },
} as const satisfies Record<string, { readonly text: string; readonly meaning: Meaning }>;
export type FunnelEnd = keyof typeof FUNNEL_ENDS;
export const FUNNEL_ORDER = Object.keys(FUNNEL_ENDS) as FunnelEnd[];

/** Counts of what happened on some day or days; a consent that is opened on one day may be active on the next. */
export interface Funnel extends Readonly<Record<FunnelEnd, number>> {
  readonly opened: number;
  /** The person came back from the bank: with a code, or with a refusal or an error of the bank. */
  readonly returned: number;
}

const isEnd: Readonly<Record<FunnelEnd, (flow: ConsentFlow) => boolean>> = {
  active: ({ state }) => state === 'active',
  refused: ({ state, reason }) => state === 'rejected' && reason === 'psu_refused',
  timedOut: ({ state, reason }) => state === 'expired' && reason === 'link_timeout',
  withdrawn: ({ state, reason }) =>
    state === 'expired' && (reason === 'replaced' || reason === 'withdrawn_by_tpp'),
  failed: ({ state, reason }) =>
    (state === 'rejected' && reason === 'authorization_failed') ||
    (state === 'failed' &&
      (reason === 'code_refused' || reason === 'exchange_lost' || reason === 'replaced')),
};

export function funnelOf(flows: readonly ConsentFlow[]): Funnel {
  const sum = (isWanted: (flow: ConsentFlow) => boolean) =>
    flows.filter(isWanted).reduce((total, { count }) => total + count, 0);
  const ends = FUNNEL_ORDER.map((end) => [end, sum(isEnd[end])] as const);
  return {
    opened: sum(({ state }) => state === 'initiated'),
    returned: sum(({ state }) => state === 'authorized' || state === 'rejected'),
    ...(Object.fromEntries(ends) as Record<FunnelEnd, number>),
  };
}
