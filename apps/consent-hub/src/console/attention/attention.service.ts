import { ATTENTION_REASONS, type ConsentCountUpTo } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { AttentionCountsQuery } from '../overview/attention-counts.query.js';
import { Cached } from '../overview/cached.js';
import { ConsentGroupsService, type ConsentGroup } from './consent-groups.service.js';
import { HubCausesService, type NotedCause } from './hub-causes.service.js';
import { ShownConsentsService, type ShownConsent } from './shown-consents.service.js';

/** So many of each cause are shown; the search shows the others. */
const SHOWN = 5;
const FRESH_MS = 5_000;
/** With 10^6 consents a reading takes half a second: so old is what is shown in the meantime, with its time. */
const STALE_MS = 60_000;

/** A group, with what is shown of its first consents. */
export interface ShownGroup extends ConsentGroup {
  readonly total: ConsentCountUpTo;
  readonly shown: readonly ShownConsent[];
}

export interface AttentionInbox {
  readonly asOf: Date;
  readonly groups: readonly ShownGroup[];
  readonly hub: readonly NotedCause[];
}

/** What needs attention, by cause; read once for all who look at it. */
@Injectable()
export class AttentionService {
  private readonly cached = new Cached(() => this.load(), FRESH_MS, STALE_MS);

  constructor(
    private readonly counts: AttentionCountsQuery,
    private readonly groups: ConsentGroupsService,
    private readonly consents: ShownConsentsService,
    private readonly hub: HubCausesService,
  ) {}

  read(): Promise<AttentionInbox> {
    return this.cached.read();
  }

  /** Something was acknowledged: the next who looks sees that. */
  forget(): void {
    this.cached.forget();
  }

  private async load(): Promise<AttentionInbox> {
    const asOf = new Date();
    const { byReason } = await this.counts.read();
    const present = ATTENTION_REASONS.filter((reason) => byReason[reason].count > 0);
    const [groups, hub] = await Promise.all([this.groups.read(present), this.hub.read()]);
    const shown = await this.consents.read([...new Set(groups.flatMap(({ open }) => open.slice(0, SHOWN)))]);
    return {
      asOf,
      hub,
      groups: groups.map((group) => ({
        ...group,
        total: byReason[group.reason],
        shown: group.open.slice(0, SHOWN).flatMap((id) => shown.get(id) ?? []),
      })),
    };
  }
}
