import { isLive, type ConsentEventEntity } from '@consent-hub/consent';

/** The columns of a timeline: whose doing an entry is. What people do in the console is the hub's. */
export const COLUMNS = ['PSU', 'hub', 'bank', 'services'] as const;
export type Column = (typeof COLUMNS)[number];

/** One or more entries that are shown as one. */
export interface TimelineGroup {
  readonly entries: readonly [ConsentEventEntity, ...ConsentEventEntity[]];
  readonly isRefreshes: boolean;
}

/** What the hub writes down because the bank answered, or did not. */
const ANSWERED: readonly string[] = [
  'grant_in_doubt',
  'grant_refused',
  'grant_unreadable',
  'accounts_listed',
  'accounts_refused',
];

export function columnOf({
  actor,
  type,
  toState,
  reason,
  data,
}: Pick<ConsentEventEntity, 'actor' | 'type' | 'toState' | 'reason' | 'data'>): Column {
  if (actor.startsWith('client:')) return 'services';
  if (reason === 'withdrawn_at_bank' || data['request_id'] !== undefined || ANSWERED.includes(type))
    return 'bank';
  if (toState !== null && isLive(toState)) return 'bank';
  return actor === 'psu' ? 'PSU' : 'hub';
}

const isRefresh = ({ toState, fromState }: ConsentEventEntity): boolean =>
  toState === 'refreshed' && fromState !== null && isLive(fromState);

/**
 * Refreshes in a row are one group: there may be thousands of them, each like the one before.
 *
 * @param isFolded false: every entry stands for itself
 */
export function groupTimeline(events: readonly ConsentEventEntity[], isFolded = true): TimelineGroup[] {
  const groups: {
    readonly isRefreshes: boolean;
    readonly entries: [ConsentEventEntity, ...ConsentEventEntity[]];
  }[] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (isFolded && last?.isRefreshes === true && isRefresh(event)) last.entries.push(event);
    else groups.push({ isRefreshes: isRefresh(event), entries: [event] });
  }
  return groups;
}
