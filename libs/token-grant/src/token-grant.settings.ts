/** Time between the end of the longest possible call and the end of its lease. */
const LEASE_MARGIN_SECONDS = 30;

/** How this process takes part in the journal. */
export class TokenGrantSettings {
  /** How long a reserved request is nobody else's: the call's deadline plus a margin for the commit. */
  readonly leaseSeconds: number;

  /**
   * @param owner name of this instance in the journal
   * @param tokenTimeoutMs deadline of POST /token, milliseconds
   */
  constructor(
    readonly owner: string,
    tokenTimeoutMs: number,
  ) {
    this.leaseSeconds = Math.ceil(tokenTimeoutMs / 1000) + LEASE_MARGIN_SECONDS;
  }
}
