import { InstanceHistory, RefreshHistory } from '@consent-hub/consent';
import { DoubleSpendsQuery } from '@consent-hub/token-grant';
import { Injectable } from '@nestjs/common';
import { Cached } from './cached.js';
import { sumUp } from './refresh-outcomes.js';

export const PROOF_DAYS = 7;

/** What shows that no pair is spent twice and no answer is lost, of the last days. */
export interface Proof {
  readonly asOf: Date;
  /** Requests of the journal that spent what had been spent, and whose pair was stored. */
  readonly doubleSpends: number;
  /** Refreshes after which a consent was lost. */
  readonly pairsLost: number;
  /** Answers of the bank that were not in the database, and were settled from the spool of a hub. */
  readonly answersRecovered: number;
}

const FRESH_MS = 30_000;

/** Reads it once for all who look. */
@Injectable()
export class ProofQuery {
  private readonly cached = new Cached(() => this.load(), FRESH_MS);

  constructor(
    private readonly spends: DoubleSpendsQuery,
    private readonly instances: InstanceHistory,
    private readonly history: RefreshHistory,
  ) {}

  read(): Promise<Proof> {
    return this.cached.read();
  }

  private async load(): Promise<Proof> {
    const asOf = new Date();
    const [doubleSpends, answersRecovered, refreshes] = await Promise.all([
      this.spends.count(PROOF_DAYS),
      this.instances.answersRecovered(PROOF_DAYS * 24),
      this.history.ofLast(PROOF_DAYS * 24),
    ]);
    return { asOf, doubleSpends, pairsLost: sumUp(refreshes).lost, answersRecovered };
  }
}
