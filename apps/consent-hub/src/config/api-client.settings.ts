import { WholeNumber } from './validators.js';

/** What the hub grants those who call it. */
export class ApiClientSettings {
  /** Requests a second of an API client without a limit of its own; 0: any number. */
  @WholeNumber(0, 1_000_000)
  HUB_RATE_LIMIT: number = 10_000;

  /** Streams of events that an API client may have open at each hub: each holds a connection and some memory. */
  @WholeNumber(1, 100_000)
  HUB_STREAM_LIMIT: number = 2_000;
}
