import type { Brand } from '@consent-hub/psd2-protocol';
import { BankError, type BankErrorCode } from './bank-error.js';

export type BankEndpoint = 'consent-uris' | 'token' | 'accounts';

/** One call of the bank that has ended. No id, no secret. */
export interface BankCallEnded {
  readonly brand: Brand;
  readonly endpoint: BankEndpoint;
  /** `answered`: with success and in the agreed form, as far as that was read; else the code of the failure. */
  readonly outcome: 'answered' | BankErrorCode;
  /** From the call to its end, time in the queue for a connection included. */
  readonly seconds: number;
}

/** The calls of the bank that this process makes, for metrics. Listeners must return at once and not throw. */
export class BankCallEvents {
  private readonly listeners: ((call: BankCallEnded) => void)[] = [];

  on(listener: (call: BankCallEnded) => void): void {
    this.listeners.push(listener);
  }

  /** Reports the end of a call, and leaves its outcome as it is. */
  async observe<T>(brand: Brand, endpoint: BankEndpoint, call: Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const ended = (outcome: BankCallEnded['outcome']): void => {
      const seconds = (performance.now() - startedAt) / 1000;
      for (const listener of this.listeners) listener({ brand, endpoint, outcome, seconds });
    };
    try {
      const result = await call;
      ended('answered');
      return result;
    } catch (error) {
      if (error instanceof BankError) ended(error.code);
      throw error;
    }
  }
}
