import { isLive, type ConsentEventEntity } from '@consent-hub/consent';

/** Who did it: the person, the hub, an API client or a person in the console. */
export type Lane = 'PSU' | 'hub' | 'service' | 'console';

/** One or more entries that are shown as one. */
export interface TimelineGroup {
  readonly entries: readonly [ConsentEventEntity, ...ConsentEventEntity[]];
  readonly isRefreshes: boolean;
}

export function laneOf({ actor }: Pick<ConsentEventEntity, 'actor'>): Lane {
  if (actor === 'psu') return 'PSU';
  if (actor.startsWith('client:')) return 'service';
  return actor.startsWith('admin:') ? 'console' : 'hub';
}

const isRefresh = ({ toState, fromState }: ConsentEventEntity): boolean =>
  toState === 'refreshed' && fromState !== null && isLive(fromState);

/** Refreshes in a row are one group: there may be thousands of them, each like the one before. */
export function groupTimeline(events: readonly ConsentEventEntity[]): TimelineGroup[] {
  const groups: {
    readonly isRefreshes: boolean;
    readonly entries: [ConsentEventEntity, ...ConsentEventEntity[]];
  }[] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last?.isRefreshes === true && isRefresh(event)) last.entries.push(event);
    else groups.push({ isRefreshes: isRefresh(event), entries: [event] });
  }
  return groups;
}
