/** What has happened to this process' connections since it started, for metrics. */
export const databaseEvents = {
  /** Connections that led to a server which takes no writes, and were closed for it. */
  standbyReached: 0,
  /** Times that a server gave no answer in time, and all connections to it were closed. */
  silences: 0,
};

/** The server at the other end takes no writes: its data may be out of date. */
export class StandbyReachedError extends Error {
  constructor() {
    super('the server takes no writes: it is a standby, or default_transaction_read_only is on');
    this.name = 'StandbyReachedError';
  }
}
