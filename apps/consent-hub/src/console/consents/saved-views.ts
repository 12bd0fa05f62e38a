import { LIVE_STATES } from '@consent-hub/consent';

const DAY_MS = 86_400_000;

/** A search that is asked for every day. */
export interface SavedView {
  readonly name: string;
  readonly query: URLSearchParams;
}

const minutes = (at: number): string => new Date(at).toISOString().slice(0, 16);

/** Relative to now: their addresses hold the moments, so that who is sent one sees the same consents. */
export function savedViews(now: number): SavedView[] {
  const live = LIVE_STATES.map((state) => ['state', state]);
  return [
    [
      'Failed last night',
      [
        ['state', 'failed'],
        ['ended_from', minutes(now - DAY_MS)],
      ],
    ],
    [
      'Expiring in 7 days',
      [...live, ['expires_before', minutes(now + 7 * DAY_MS)], ['order', 'consent_expires_at']],
    ],
    ['Never read', [...live, ['use', 'never']]],
    ['Needs attention', [['attention', 'any']]],
    ['Link not used yet', [['state', 'initiated']]],
    [
      'Withdrawn at the bank',
      [
        ['state', 'revoked'],
        ['reason', 'withdrawn_at_bank'],
        ['order', 'ended_at'],
      ],
    ],
  ].map(([name, entries]) => ({ name: name as string, query: new URLSearchParams(entries as string[][]) }));
}
