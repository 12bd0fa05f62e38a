import { Injectable, Logger } from '@nestjs/common';
import { describeError } from '@consent-hub/platform';
import { GrantEvents } from '../grant/grant-events.js';
import type { GrantOutcome } from '../grant/verdict.js';
import { OwnRequests } from '../request/own-requests.registry.js';
import { logNamesOf, type RequestRecord } from '../request/reserved-request.js';
import { SpoolDirectory } from '../answers/spool-directory.service.js';
import { SpoolIndex } from '../answers/spool-index.service.js';
import type { SpooledAnswer } from '../answers/spooled-answer.js';
import { SpoolReconciler, type UnsettledAnswers } from './spool-reconciler.service.js';
import { TokenAnswers } from '../grant/token-answers.service.js';
import { TokenGrantSettings } from '../token-grant.settings.js';

/**
 * Settles what was answered and is not settled: because its process ended, or because the database lost it in a failover.
 * Idempotent by generation, so several processes may replay a file, and while its owner lives.
 */
@Injectable()
export class SpoolReplay {
  private readonly logger = new Logger(SpoolReplay.name);
  private readonly logged = new Set<string>();

  constructor(
    private readonly reconciler: SpoolReconciler,
    private readonly answers: TokenAnswers,
    private readonly own: OwnRequests,
    private readonly settings: TokenGrantSettings,
    private readonly events: GrantEvents,
  ) {}

  /**
   * The spool of this process.
   *
   * @param isAll from its first line on
   * @returns requests whose answers could not be settled
   */
  async replay(isAll: boolean): Promise<RequestRecord[]> {
    return this.settleAll(await (isAll ? this.reconciler.compareAll() : this.reconciler.compareNew()));
  }

  /**
   * Replays the spools of ended processes in other directories of this machine.
   *
   * @returns requests whose answers could not be settled
   */
  async replayFrom(spoolDirs: Iterable<string>): Promise<RequestRecord[]> {
    const left: RequestRecord[] = [];
    for (const spoolDir of new Set(spoolDirs)) {
      if (spoolDir === this.settings.spoolDir) continue;
      const directory = new SpoolDirectory({ ...this.settings, spoolDir }, new SpoolIndex());
      left.push(...(await this.settleAll(await this.reconciler.compareDirectory(directory))));
    }
    return left;
  }

  /** Requests whose answers are in the spool of this process and are not settled yet. */
  unsettled(): RequestRecord[] {
    return this.reconciler.unsettled();
  }

  /** Answers in the spool of this process by the key that has sealed them. */
  answersByKey(): Record<string, number> {
    return this.reconciler.answersByKey();
  }

  /** Removes what is past its retention. */
  prune(): Promise<void> {
    return this.reconciler.prune();
  }

  private async settleAll({ answers, unknown }: UnsettledAnswers): Promise<RequestRecord[]> {
    if (unknown > 0) {
      this.logger.error({
        msg: 'spool holds answers for consents that this database does not know',
        count: unknown,
      });
    }
    const left: RequestRecord[] = [];
    let stored = 0;
    for (const answer of answers) {
      const outcome = await this.settle(answer);
      if (outcome === null) left.push(answer.request);
      else if (outcome === 'committed' || outcome === 'overtaken') stored++;
    }
    if (stored === 0) return left;
    this.logger.warn({ msg: 'answers settled from the spool', count: stored });
    this.events.emit({ type: 'spool_replayed', count: stored });
    return left;
  }

  /** @returns null when it could not be settled */
  private async settle(answer: SpooledAnswer): Promise<GrantOutcome | null> {
    const { id } = answer.request;
    try {
      const { outcome } = await this.answers.settleFromSpool(answer);
      this.own.settled(answer.request);
      return outcome;
    } catch (error) {
      if (!this.logged.has(id))
        this.logger.error({
          msg: 'spooled token answer could not be settled',
          ...logNamesOf(answer.request),
          error: describeError(error),
        });
      this.logged.add(id);
      return null;
    }
  }
}
