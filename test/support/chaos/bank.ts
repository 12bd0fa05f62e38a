import type { Brand } from '@consent-hub/psd2-protocol';

/** What the bank saw, from its own tables. */
export interface BankLedger {
  readonly authorization_code_grants: number;
  readonly refresh_grants: number;
  readonly refresh_replays: number;
  readonly code_replays: number;
}

export interface Fault {
  readonly name: string;
  readonly endpoint?: string;
  readonly times?: number;
  readonly delay_ms?: number;
  readonly brand?: Brand;
}

/** The bank from the side of its control. */
export class ChaosBank {
  constructor(
    readonly controlUrl: string,
    readonly ports: Readonly<Record<Brand, number>>,
  ) {}

  /**
   * Plays the PSU; returns where the bank sends them back to.
   *
   * @param psu which customer; default: the bank's first
   */
  async decide(consentUri: string, decision: 'approve' | 'refuse', psu?: string): Promise<string> {
    const answer = await this.call<{ redirect_to: string }>('POST', '/sandbox/authorizations', {
      consent_uri: consentUri,
      decision,
      ...(psu !== undefined && { psu }),
    });
    return answer.redirect_to;
  }

  async fault(fault: Fault): Promise<void> {
    await this.call('PUT', '/sandbox/faults', { endpoint: '/token', ...fault });
  }

  async heal(): Promise<void> {
    await this.call('DELETE', '/sandbox/faults');
  }

  ledger(): Promise<BankLedger> {
    return this.call('GET', '/sandbox/ledger');
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.controlUrl + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} at the bank answered ${answer.status}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }
}
