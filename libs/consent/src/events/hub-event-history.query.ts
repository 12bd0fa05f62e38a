import type { Brand } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EventData } from '../domain/transition.js';
import type { HubEventType } from './event-types.js';

/** An event of the hub itself, as it was written. */
export interface PastHubEvent {
  readonly at: Date;
  readonly type: HubEventType;
  readonly data: EventData;
}

/** The hub has few events of its own: they are read in the order of their key. $1 types, $2 brand, $3 how many */
const LATEST = `
  SELECT at, type, data FROM hub.hub_event WHERE type = ANY ($1) AND data ->> 'brand' = $2 ORDER BY position DESC LIMIT $3`;

/** What happened to the hub itself. */
@Injectable()
export class HubEventHistory {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. */
  latestOfBrand(types: readonly HubEventType[], brand: Brand, limit: number): Promise<PastHubEvent[]> {
    return this.dataSource.query<PastHubEvent[]>(LATEST, [types, brand, limit]);
  }
}
