import { Injectable, Logger } from '@nestjs/common';
import { runNamed, type NamedStatement } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import type { ConsentState } from '../domain/consent-state.js';
import type { Actor, EventData, StateReason } from '../domain/transition.js';
import {
  EVENTS_AT,
  IS_KNOWN,
  NEWEST_OF_ALL,
  NEWEST_OF_CONSENT,
  PAGE_OF_ALL,
  PAGE_OF_CONSENT,
  READ_WATERMARK,
} from './event-feed.statements.js';
import type { EventKey } from './event-id.js';
import type { EventType } from './event-types.js';
import { EventWatermark, type FeedReading } from './event-watermark.js';

/** An entry of a timeline, or an event of the hub itself, as the feed has it. */
export interface FeedEvent {
  /** Place in the order of all events. */
  readonly position: number;
  readonly id: string;
  readonly type: EventType;
  /** Null: the hub's own. */
  readonly consentId: string | null;
  readonly at: Date;
  /** Before the change; null where nothing changed, or the consent was opened. */
  readonly previousState: ConsentState | null;
  /** After the change, or as it was when nothing changed; null of the hub's own. */
  readonly state: ConsentState | null;
  /** Why it was in that state. */
  readonly reason: StateReason | null;
  readonly actor: Actor | null;
  readonly data: EventData;
  /** The client that opened the consent. */
  readonly apiClientId: string | null;
}

export interface FeedFilter {
  /** Absent: all. */
  readonly types?: readonly EventType[];
  /** Only events of consents that this client opened, and none of the hub itself. Absent: events of all consents, and of the hub. */
  readonly apiClientId?: string;
  readonly consentId?: string;
}

export interface FeedStretch extends FeedFilter {
  /** Events after this position. */
  readonly after: number;
  /** The last position, included; not beyond the final one. It bounds what is read, before the filter. */
  readonly upTo: number;
  readonly limit: number;
}

interface FeedRow {
  readonly position: string;
  readonly id: string;
  readonly type: EventType;
  readonly consent_id: string | null;
  readonly at: Date;
  readonly from_state: ConsentState | null;
  readonly state: ConsentState | null;
  readonly reason: StateReason | null;
  readonly actor: Actor | null;
  readonly data: EventData;
  readonly opened_by: string | null;
}

interface WatermarkRow {
  readonly last_position: string;
  readonly ended_below: string;
  readonly next_transaction: string;
}

/** The events of the hub in one order, read from the timelines and from the events of the hub itself. */
@Injectable()
export class EventFeed {
  private readonly logger = new Logger(EventFeed.name);
  private readonly watermark = new EventWatermark();
  private waitsSince: { readonly reading: FeedReading; readonly at: number } | null = null;
  private look = Promise.resolve(0);
  private nextLook: Promise<number> | null = null;

  constructor(private readonly dataSource: DataSource) {}

  /** All events up to this position can be read; after it, any may still be missing. 0 before `advance`. */
  get finalPosition(): number {
    return this.watermark.finalPosition;
  }

  /** For how long transactions that had begun have held the feed back, seconds; 0: nothing is held back, as far as was looked. */
  get heldBackSeconds(): number {
    return this.waitsSince ? (performance.now() - this.waitsSince.at) / 1000 : 0;
  }

  /**
   * Finds out how far the feed is complete: one cheap statement, shared by all who call before it begins. Readings come one after
   * the other.
   *
   * @returns the final position; it never falls
   */
  advance(): Promise<number> {
    this.nextLook ??= this.look
      .catch(() => 0)
      .then(() => {
        this.nextLook = null;
        this.look = this.takeReading();
        return this.look;
      });
    return this.nextLook;
  }

  /**
   * Says that positions up to this one were final at some hub, as a stored position shows. Where the database has forgotten them,
   * the next `advance` ensures that none is drawn twice.
   */
  knows(position: number): void {
    this.watermark.knows(position);
  }

  /** In the order of positions. Fewer than `limit`: there are no more up to `upTo`. */
  page(stretch: FeedStretch): Promise<FeedEvent[]> {
    const ofAll = { name: 'feed_page', text: PAGE_OF_ALL };
    const ofConsent = { name: 'feed_page_of_consent', text: PAGE_OF_CONSENT };
    return this.selectPage(stretch.consentId === undefined ? ofAll : ofConsent, stretch);
  }

  /** The last events of a stretch, newest first. Fewer than `limit`: there are no more after `after`. */
  newest(stretch: FeedStretch): Promise<FeedEvent[]> {
    const ofAll = { name: 'feed_newest', text: NEWEST_OF_ALL };
    const ofConsent = { name: 'feed_newest_of_consent', text: NEWEST_OF_CONSENT };
    return this.selectPage(stretch.consentId === undefined ? ofAll : ofConsent, stretch);
  }

  /** The events at these positions, in their order; without those that are no longer returned since their consent was erased. */
  at(positions: readonly number[]): Promise<FeedEvent[]> {
    return this.select({ name: 'feed_at', text: EVENTS_AT }, [positions]);
  }

  /**
   * Whether there is such an event, or was before its consent was erased.
   *
   * @param apiClientId of a consent that this client opened; absent: of any, or the hub's own
   */
  async has({ position, mark }: EventKey, apiClientId?: string): Promise<boolean> {
    const rows = await this.dataSource.query<object[]>(IS_KNOWN, [position, mark, apiClientId ?? null]);
    return rows.length > 0;
  }

  private async takeReading(): Promise<number> {
    const reading = await this.read();
    if (this.watermark.isAheadOf(reading)) await this.raise(reading);
    const position = this.watermark.note(reading);
    const { waitsFor } = this.watermark;
    if (waitsFor === null) this.waitsSince = null;
    else if (waitsFor !== this.waitsSince?.reading)
      this.waitsSince = { reading: waitsFor, at: performance.now() };
    return position;
  }

  private async read(): Promise<FeedReading> {
    const [row] = await runNamed<WatermarkRow>(
      this.dataSource,
      { name: 'feed_watermark', text: READ_WATERMARK },
      [],
    );
    if (!row) throw new Error('the sequence of positions has no row');
    return {
      endedBelow: Number(row.ended_below),
      lastPosition: Number(row.last_position),
      nextTransaction: Number(row.next_transaction),
    };
  }

  /** A server that took over without the last commits would give their positions to other events, which readers would miss. */
  private async raise({ lastPosition }: FeedReading): Promise<void> {
    const { finalPosition } = this;
    await this.dataSource.query(`SELECT hub.raise_event_position($1)`, [finalPosition]);
    this.logger.warn({
      msg: 'the database has lost positions of events, and continues after the last one that was read',
      last_position: lastPosition,
      final_position: finalPosition,
    });
  }

  private selectPage(
    statement: NamedStatement,
    { after, upTo, limit, types, apiClientId, consentId }: FeedStretch,
  ): Promise<FeedEvent[]> {
    const filter = [types ?? null, apiClientId ?? null, consentId ?? null];
    return this.select(statement, [after, upTo, limit, ...filter]);
  }

  private async select(statement: NamedStatement, values: readonly unknown[]): Promise<FeedEvent[]> {
    const rows = await runNamed<FeedRow>(this.dataSource, statement, values);
    return rows.map(({ position, consent_id, from_state, opened_by, ...row }): FeedEvent => ({
      ...row,
      position: Number(position),
      consentId: consent_id,
      previousState: from_state,
      apiClientId: opened_by,
    }));
  }
}
