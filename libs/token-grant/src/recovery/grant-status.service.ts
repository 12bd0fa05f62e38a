import { Injectable } from '@nestjs/common';
import { FailoverPause } from '../request/failover-pause.service.js';
import { InstanceService } from './instance.service.js';
import { OwnRequests } from '../request/own-requests.registry.js';
import { RequestTakeover } from './request-takeover.service.js';

/** How this process takes part in the journal, for readiness and metrics. */
export interface GrantFigures {
  /** Answers of the bank that are not settled yet. */
  readonly unsettledAnswers: number;
  /** How long the oldest of them waits; 0 where there is none. */
  readonly oldestUnsettledSeconds: number;
  /** Requests that were taken from ended and silent processes, since this one began. */
  readonly requestsTakenOver: number;
  /** Since this process was last able to write to the database. */
  readonly secondsSinceWrite: number;
  /** Until pairs may be spent again after another run of the server was met, an estimate; 0: they may. */
  readonly pausedSeconds: number;
  /** Hubs at work on this database, this one among them. */
  readonly livingHubs: number;
  /** Whether HUB_INSTANCE was in use by another hub. */
  readonly isDuplicate: boolean;
  /** Pairs that no key of this process's vault opens, when it began. */
  readonly pairsOfUnknownKeys: number;
}

@Injectable()
export class GrantStatus {
  private unknownKeys = 0;

  constructor(
    private readonly instances: InstanceService,
    private readonly own: OwnRequests,
    private readonly pause: FailoverPause,
    private readonly takeover: RequestTakeover,
  ) {}

  notePairsOfUnknownKeys(count: number): void {
    this.unknownKeys = count;
  }

  /** Whether every other hub at work can open what this key seals. */
  othersHave(keyId: string): boolean {
    return this.instances.othersHave(keyId);
  }

  /** Answers in the spools of all hubs, by the key that has sealed them; as each hub has last said. */
  countSpooledByKey(): Promise<ReadonlyMap<string, number>> {
    return this.instances.countSpooledByKey();
  }

  /** Writes at once for the other hubs which keys this one has, and chooses the one that seals. */
  announceKeys(): Promise<void> {
    return this.instances.run();
  }

  read(): GrantFigures {
    const { count, oldestSeconds } = this.own.unsettled();
    return {
      unsettledAnswers: count,
      oldestUnsettledSeconds: oldestSeconds,
      requestsTakenOver: this.takeover.count,
      secondsSinceWrite: this.instances.secondsSinceWrite,
      pausedSeconds: this.pause.secondsLeft,
      livingHubs: this.instances.livingCount,
      isDuplicate: this.instances.hasDuplicate,
      pairsOfUnknownKeys: this.unknownKeys,
    };
  }
}
