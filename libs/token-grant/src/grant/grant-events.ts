import { Injectable } from '@nestjs/common';
import type { Brand, GrantType } from '@consent-hub/psd2-protocol';
import type { GrantEnd } from './verdict.js';
import { quietly } from '../request/quietly.js';

/** One request of POST /token has ended. No id of a person, no secret. */
export interface RequestEnded extends GrantEnd {
  readonly type: 'request_ended';
  readonly consentId: string;
  readonly brand: Brand;
  readonly grantType: GrantType;
  /** Asked in the place of one whose answer was lost. */
  readonly isProbe: boolean;
  /** Claimed by the scheduled job, and not asked for by a caller. */
  readonly isScheduled: boolean;
  /** From sending to the answer, or to giving up. */
  readonly seconds: number;
}

export type GrantEvent =
  | RequestEnded
  /** So many answers were settled from the spool. */
  | { readonly type: 'spool_replayed'; readonly count: number }
  /** An answer of the bank waits in memory and in the spool, because the database is unavailable. */
  | { readonly type: 'database_unavailable' }
  /** Another run of the database server answers: it was restarted, or a standby took over. */
  | { readonly type: 'database_replaced' }
  /** The scheduled job has looked for due refreshes of all brands, and has begun those that may begin. */
  | { readonly type: 'refreshes_swept'; readonly milliseconds: number };

type EventOf<T extends GrantEvent['type']> = Extract<GrantEvent, { readonly type: T }>;

/** The grants of this process as a stream of events, for metrics, counts and alarms. Listeners must return at once. */
@Injectable()
export class GrantEvents {
  private readonly listeners: ((event: GrantEvent) => void)[] = [];

  on<T extends GrantEvent['type']>(type: T, listener: (event: EventOf<T>) => void): void {
    this.listeners.push((event) => {
      if (event.type === type) listener(event as EventOf<T>);
    });
  }

  /** A listener that throws disturbs neither the grant nor the other listeners. */
  emit(event: GrantEvent): void {
    for (const listener of this.listeners) quietly(() => listener(event));
  }
}
