import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventData } from '../domain/transition.js';
import type { HubEventType } from './event-types.js';

/** A fact that is known already draws no position. */
const RECORD = `
  INSERT INTO hub.hub_event (type, data, once_key)
  SELECT $1, $2::jsonb, $3 WHERE NOT EXISTS (SELECT FROM hub.hub_event WHERE once_key = $3)
  ON CONFLICT (once_key) DO NOTHING
  RETURNING position`;

/** Writes events of the hub itself, in the transaction of the change that they report. */
@Injectable()
export class HubEvents {
  /**
   * @param onceKey names the fact, where several replicas may notice it: one of them writes it, once for all time
   * @returns false where that fact was written before
   */
  async record(tx: EntityManager, type: HubEventType, data: EventData, onceKey?: string): Promise<boolean> {
    const rows = await tx.query<object[]>(RECORD, [type, JSON.stringify(data), onceKey ?? null]);
    return rows.length > 0;
  }
}
