import { WholeNumber } from './validators.js';

/** How long the entries of timelines are kept. */
export class TimelineSettings {
  /** Whole months; 0: without end. Entries of older ones may be dropped, by `timeline drop`, and are not dropped by themselves. */
  @WholeNumber(0, 1200)
  TIMELINE_RETENTION_MONTHS: number = 0;
}
