import type { MtlsFiles } from '@consent-hub/eidas';
import type { Brand, Secret } from '@consent-hub/psd2-protocol';

/** One host of the bank, and what this TPP is there. */
export interface BankSettings {
  /** For instance `https://psd2.b2b.belfius.be:8443`; a path is kept in front of every call's own. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly tls: MtlsFiles;
}

export interface BankClientSettings {
  readonly banks: Readonly<Record<Brand, BankSettings>>;
  /** From the call to the last byte of the answer, time in the queue included. */
  readonly timeoutMs: number;
  /** The same for POST /token, much longer: giving up does not undo what the bank did. */
  readonly tokenTimeoutMs: number;
  readonly connectionsPerBank: number;
}
