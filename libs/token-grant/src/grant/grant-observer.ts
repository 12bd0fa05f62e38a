import type { Brand, GrantType } from '@consent-hub/psd2-protocol';
import type { GrantEnd } from './verdict.js';

/** One request of POST /token, over. No id of a person, no secret. */
export interface EndedRequest extends GrantEnd {
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

/** Is told what happens here, for metrics and alarms. Must not throw, and must return at once. */
export abstract class GrantObserver {
  abstract requestEnded(request: EndedRequest): void;
  /** So many answers were settled from the spool. */
  abstract spoolReplayed(count: number): void;
  /** An answer of the bank waits in memory and in the spool, because the database is away. */
  abstract databaseAway(): void;
}

/** For a program that nobody watches. */
export class NobodyObserves extends GrantObserver {
  override requestEnded(): void {
    // Nobody asked.
  }
  override spoolReplayed(): void {
    // Nobody asked.
  }
  override databaseAway(): void {
    // Nobody asked.
  }
}
