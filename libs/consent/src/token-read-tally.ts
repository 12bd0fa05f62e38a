/**
 * How a read of an access token ended. `served`: as it was stored. `refreshed`: after a refresh for this read. `unrefreshed`:
 * with less validity than was asked for, since the refresh brought nothing. `refused`: with a problem.
 */
export type TokenReadResult = 'served' | 'refreshed' | 'unrefreshed' | 'refused';

/** Counts the reads of access tokens in this process, where they end, for metrics and statistics. */
export class TokenReadTally {
  private readonly handedOut = { served: 0, refreshed: 0, unrefreshed: 0 };
  private readonly refusals = new Map<string, number>();
  private byClient = new Map<string, number>();

  handOut(result: Exclude<TokenReadResult, 'refused'>, apiClientId: string): void {
    this.handedOut[result]++;
    this.addReads(apiClientId, 1);
  }

  /** Counts reads of a client that were taken and could not be written. */
  addReads(apiClientId: string, count: number): void {
    this.byClient.set(apiClientId, (this.byClient.get(apiClientId) ?? 0) + count);
  }

  /** Tokens that were handed out since they were last taken, by API client. */
  takeReads(): ReadonlyMap<string, number> {
    const taken = this.byClient;
    this.byClient = new Map();
    return taken;
  }

  /** @param code of the refusal: few */
  refuse(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  /** Since the process began. The code is empty where a token was handed out. */
  read(): { readonly result: TokenReadResult; readonly code: string; readonly count: number }[] {
    const { served, refreshed, unrefreshed } = this.handedOut;
    return [
      { result: 'served', code: '', count: served },
      { result: 'refreshed', code: '', count: refreshed },
      { result: 'unrefreshed', code: '', count: unrefreshed },
      ...[...this.refusals].map(([code, count]) => ({ result: 'refused' as const, code, count })),
    ];
  }
}
