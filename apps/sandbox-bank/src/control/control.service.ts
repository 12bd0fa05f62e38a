import { Injectable } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import { ClockRepository, type ClockReading } from '../model/clock/clock.repository.js';
import { LedgerRepository } from '../model/consents/ledger.repository.js';
import { ASSUMED, ASSUMPTION_CHOICES, type AssumptionName } from '../model/settings/assumptions.js';
import { BankSettings, type Contract } from '../model/settings/bank.settings.js';

/** The counts of the ledger. */
export interface LedgerBody {
  readonly authorization_code_grants: number;
  readonly refresh_grants: number;
  readonly refresh_replays: number;
  readonly code_replays: number;
  /** Of the replays: those after a lost answer, and all others. */
  readonly probes_after_lost_answer: number;
  readonly double_spends: number;
  readonly live_pairs: number;
  /** Of the consent that was asked for: 1 after the code, one more with each refresh. */
  readonly live_generation?: number;
}

export interface ClockBody {
  readonly now: string;
  readonly ahead_seconds: number;
}

export interface AssumptionBody {
  readonly name: AssumptionName;
  readonly chosen: string;
  /** The first is the assumption. */
  readonly choices: readonly string[];
}

export interface AssumptionsBody {
  /** Which versions of the bank's API are served. */
  readonly contract: Contract;
  readonly items: readonly AssumptionBody[];
}

/** The ledger, the clock and the assumptions, as the control calls show them. */
@Injectable()
export class ControlService {
  constructor(
    private readonly ledger: LedgerRepository,
    private readonly clock: ClockRepository,
    private readonly settings: BankSettings,
  ) {}

  async showLedger(consent?: string): Promise<LedgerBody> {
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

  async showClock(): Promise<ClockBody> {
    return toClockBody(await this.clock.read());
  }

  /** @throws Problem when it would be too far ahead */
  async advanceClock(seconds: number): Promise<ClockBody> {
    const reading = await this.clock.advance(seconds);
    if (reading) return toClockBody(reading);
    throw new Problem({
      status: 409,
      code: 'clock_too_far',
      detail: 'The bank’s clock can be 100 years ahead and no more. POST /sandbox/reset sets it back.',
    });
  }

  /** The choice for each assumption. */
  showAssumptions(): AssumptionsBody {
    const { contract, assumptions } = this.settings;
    const names = Object.keys(ASSUMED) as AssumptionName[];
    return {
      contract,
      items: names.map((name) => ({ name, chosen: assumptions[name], choices: ASSUMPTION_CHOICES[name] })),
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

const toClockBody = ({ now, aheadSeconds }: ClockReading): ClockBody => ({
  now: now.toISOString(),
  ahead_seconds: aheadSeconds,
});
