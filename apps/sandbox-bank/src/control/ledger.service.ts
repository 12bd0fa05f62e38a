import { Injectable } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import { LedgerRepository } from '../model/consents/ledger.repository.js';

/** What the bank saw. */
export interface LedgerBody {
  readonly authorization_code_grants: number;
  readonly refresh_grants: number;
  readonly refresh_replays: number;
  readonly code_replays: number;
  /** Of the replays: those after an answer that did not leave the bank whole, and all others. */
  readonly probes_after_lost_answer: number;
  readonly double_spends: number;
  readonly live_pairs: number;
  /** Of the consent that was asked for: 1 after the code, one more with each refresh. */
  readonly live_generation?: number;
}

@Injectable()
export class LedgerService {
  constructor(private readonly ledger: LedgerRepository) {}

  async show(consent?: string): Promise<LedgerBody> {
    const totals = await this.ledger.totals();
    return {
      authorization_code_grants: totals.authorizationCodeGrants,
      refresh_grants: totals.refreshGrants,
      refresh_replays: totals.refreshReplays,
      code_replays: totals.codeReplays,
      probes_after_lost_answer: totals.probesAfterLostAnswer,
      double_spends: totals.doubleSpends,
      live_pairs: totals.livePairs,
      ...(consent !== undefined && { live_generation: await this.liveGeneration(consent) }),
    };
  }

  private async liveGeneration(state: string): Promise<number> {
    const pair = await this.ledger.findPairByState(state);
    if (pair) return pair.generation;
    throw new Problem({
      status: 404,
      code: 'no_live_pair',
      detail:
        'No pair of this consent is live. The bank knows a consent by the state of its consent URI, from the approval on; a TPP’s own id never reaches it.',
    });
  }
}
