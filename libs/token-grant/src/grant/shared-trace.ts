import type { RequestTrace } from '@consent-hub/platform';

/** The requests that one grant serves: whoever joins it shares its calls of the bank. */
export class SharedTrace {
  private readonly traces: RequestTrace[] = [];
  private readonly bankRequestIds: string[] = [];

  /** @param first of the request that has begun the grant; absent: a job has */
  constructor(private readonly first: RequestTrace | undefined) {
    this.join(first);
  }

  /** X-Request-Id of the request that has begun the grant. */
  get requestId(): string | null {
    return this.first?.requestId ?? null;
  }

  join(trace: RequestTrace | undefined): void {
    if (!trace) return;
    this.traces.push(trace);
    for (const id of this.bankRequestIds) trace.called(id);
  }

  called(bankRequestId: string): void {
    this.bankRequestIds.push(bankRequestId);
    for (const trace of this.traces) trace.called(bankRequestId);
  }
}
