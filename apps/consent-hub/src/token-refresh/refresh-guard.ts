import { Injectable, Logger } from '@nestjs/common';
import { ConsentRepository } from '@consent-hub/consent';
import { describeError } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { GuardRows, type GuardRow } from './guard-rows.js';
import { heldIn, isEmpty, NOTHING, step, type GuardReport, type GuardStep } from './guard-state.js';
import { TokenRefreshSettings } from './token-refresh.settings.js';

type Outcomes = Omit<GuardReport, 'held' | 'sharing'>;

/** What a brand may begin now. */
export interface Permits {
  readonly granted: number;
  /** The refreshes are to be drawn from all that are due. */
  readonly isAtRandom: boolean;
}

const NONE: Permits = { granted: 0, isAtRandom: false };

/** Lost races for one row, one after the other; each was won by another replica, which went on. */
const MOST_TRIES = 50;

/**
 * Says how many scheduled refreshes of a brand may begin. All replicas share one row a brand and change it by
 * compare-and-set; a replica tells what came of its refreshes in the same statement by which it asks for more.
 */
@Injectable()
export class RefreshGuard {
  private readonly logger = new Logger(RefreshGuard.name);
  private readonly outcomes = new Map<Brand, Outcomes>();
  private readonly held = new Map<Brand, number>();
  private readonly known = new Map<Brand, GuardRow>();

  constructor(
    private readonly rows: GuardRows,
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly settings: TokenRefreshSettings,
  ) {}

  /** Adds outcomes to what the next statement will tell. */
  note(brand: Brand, noticed: Partial<Outcomes>): void {
    const { good, bad, refused, told, goodOnDemand } = this.outcomes.get(brand) ?? NOTHING;
    this.outcomes.set(brand, {
      good: good + (noticed.good ?? 0),
      bad: noticed.bad ? [...bad, ...noticed.bad] : bad,
      refused: noticed.refused ? [...refused, ...noticed.refused] : refused,
      told: told + (noticed.told ?? 0),
      goodOnDemand: goodOnDemand + (noticed.goodOnDemand ?? 0),
    });
  }

  /** Permits that are no longer needed, be it that their refreshes ended or that nothing was due. */
  giveBack(brand: Brand, permits: number): void {
    this.held.set(brand, this.heldOf(brand) - permits);
  }

  /** Looks where the guard stands now, and whether any refresh of the brand is due. */
  async isDue(brand: Brand): Promise<boolean> {
    return (await this.read(brand)).isDue;
  }

  /** Tells what was noticed. */
  async report(brand: Brand): Promise<void> {
    await this.take(brand, 0);
  }

  /**
   * Tells what was noticed, and takes the permission to begin up to `wanted` refreshes. Each permit is to be given back. One
   * call at a time for a brand.
   */
  async take(brand: Brand, wanted: number): Promise<Permits> {
    const outcomes = this.outcomes.get(brand) ?? NOTHING;
    this.outcomes.delete(brand);
    // Both at the same moment: a permit never seems free before the outcome of its refresh is told.
    const report = { ...outcomes, held: this.heldOf(brand) };
    try {
      const permits = await this.exchange(brand, report, wanted);
      this.giveBack(brand, -permits.granted);
      return permits;
    } catch (error) {
      // Whether it was written is unknown: told twice, a bad outcome makes nobody bolder.
      this.note(brand, outcomes);
      this.known.delete(brand);
      throw error;
    }
  }

  private async exchange(
    brand: Brand,
    outcomes: Omit<GuardReport, 'sharing'>,
    wanted: number,
  ): Promise<Permits> {
    const { guard } = this.settings;
    // Whose the refused pairs are is read together with the row.
    const looksUp = outcomes.refused.length > 0 ? [...outcomes.refused, ...outcomes.bad] : [];
    let row = looksUp.length > 0 ? undefined : this.known.get(brand);
    let isOld = row !== undefined;
    row ??= await this.read(brand, looksUp);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const report = { ...outcomes, sharing: row.sharing };
      const done = step(row.state, report, wanted, this.rows.now(row), guard);
      const isNews = !isEmpty(report) || heldIn(row.state, guard.instance) !== report.held;
      if (!isNews && done.granted === 0) {
        // Another replica may have made room since.
        if (wanted === 0 || !isOld) return NONE;
      } else if (await this.write(brand, row, done)) return done;
      isOld = false;
      row = await this.read(brand, looksUp);
    }
    throw new Error(`the guard of ${brand} is written by others all the time`);
  }

  private heldOf(brand: Brand): number {
    return this.held.get(brand) ?? 0;
  }

  private async read(brand: Brand, consents: readonly string[] = []): Promise<GuardRow> {
    const row = await this.rows.read(brand, consents);
    this.known.set(brand, row);
    return row;
  }

  private async write(brand: Brand, row: GuardRow, done: GuardStep): Promise<boolean> {
    const written = await this.rows.swap(brand, row, done.next);
    if (!written) {
      this.known.delete(brand);
      return false;
    }
    this.known.set(brand, written);
    if (done.next.status !== row.state.status) await this.tell(brand, done);
    return true;
  }

  private async tell(brand: Brand, { next, openedBy }: GuardStep): Promise<void> {
    if (next.status !== 'open') {
      this.logger.warn({
        msg: `scheduled refreshes ${next.status === 'closed' ? 'go on' : 'begin again'}`,
        brand,
      });
      return;
    }
    this.logger.error({ msg: 'scheduled refreshes paused', brand, consents: openedBy });
    const { failures, window } = this.settings.guard;
    try {
      await this.dataSource.transaction(async (tx) => {
        for (const id of [...(openedBy ?? [])].sort()) {
          await this.consents.lock(tx, id);
          await this.consents.record(tx, id, 'refresh_paused', 'hub:token-refresh', { failures, window });
        }
      });
    } catch (error) {
      this.logger.error({ msg: 'pause not told in the timelines', brand, error: describeError(error) });
    }
  }
}
