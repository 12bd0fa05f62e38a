import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { describeError } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { GrantEvents, TokenGrantSettings } from '@consent-hub/token-grant';
import { RefreshSettings } from '../config/refresh.settings.js';
import {
  RefreshCircuitBreakerRepository,
  type CircuitBreakerEvent,
  type CircuitBreakerRow,
} from './refresh-circuit-breaker.repository.js';
import {
  heldIn,
  step,
  type CircuitBreakerSettings,
  type CircuitBreakerState,
  type CircuitBreakerStep,
} from './circuit-breaker-state.js';
import { EMPTY_REPORT, isEmpty, outcomesOf, type CircuitBreakerReport } from './circuit-breaker-report.js';

type Outcomes = Omit<CircuitBreakerReport, 'held' | 'sharing'>;

/** What a brand may begin now. */
export interface Permits {
  readonly granted: number;
  /** The refreshes are to be drawn from all that are due. */
  readonly isAtRandom: boolean;
}

const NONE: Permits = { granted: 0, isAtRandom: false };

/** Lost races for one row, one after the other; each was won by another replica, which continued. */
const MOST_TRIES = 50;

/**
 * Says how many scheduled refreshes of a brand may begin. All replicas share one row a brand and change it by
 * compare-and-set; a replica reports the outcomes of its refreshes in the statement by which it asks for more.
 */
@Injectable()
export class RefreshCircuitBreaker implements OnModuleInit {
  private readonly logger = new Logger(RefreshCircuitBreaker.name);
  private readonly outcomes = new Map<Brand, Outcomes>();
  private readonly held = new Map<Brand, number>();
  private readonly known = new Map<Brand, CircuitBreakerRow>();

  constructor(
    private readonly repository: RefreshCircuitBreakerRepository,
    private readonly settings: RefreshSettings,
    private readonly grants: TokenGrantSettings,
    private readonly events: GrantEvents,
  ) {}

  /** The workers report scheduled refreshes themselves. */
  onModuleInit(): void {
    this.events.on('request_ended', (request) => {
      const isOnDemand = request.grantType === 'refresh_token' && !request.isScheduled;
      if (isOnDemand) this.note(request.brand, outcomesOf(request));
    });
  }

  /** Adds outcomes to what the next statement reports. */
  note(brand: Brand, noticed: Partial<Outcomes>): void {
    const { good, bad, refused, neutral, goodOnDemand } = this.outcomes.get(brand) ?? EMPTY_REPORT;
    this.outcomes.set(brand, {
      good: good + (noticed.good ?? 0),
      bad: noticed.bad ? [...bad, ...noticed.bad] : bad,
      refused: noticed.refused ? [...refused, ...noticed.refused] : refused,
      neutral: neutral + (noticed.neutral ?? 0),
      goodOnDemand: goodOnDemand + (noticed.goodOnDemand ?? 0),
    });
  }

  /** Permits that are no longer needed, be it that their refreshes ended or that nothing was due. */
  giveBack(brand: Brand, permits: number): void {
    this.held.set(brand, this.heldOf(brand) - permits);
  }

  /** Reads the state of the circuit breaker, and whether any refresh of the brand is due. */
  async isDue(brand: Brand): Promise<boolean> {
    return (await this.read(brand)).isDue;
  }

  /** Reports what was noticed. */
  async report(brand: Brand): Promise<void> {
    await this.take(brand, 0);
  }

  /**
   * Reports what was noticed, and takes the permission to begin up to `wanted` refreshes. Each permit is to be given back. One
   * call at a time for a brand.
   */
  async take(brand: Brand, wanted: number): Promise<Permits> {
    const outcomes = this.outcomes.get(brand) ?? EMPTY_REPORT;
    this.outcomes.delete(brand);
    // Both at the same moment: a permit never seems free before the outcome of its refresh is reported.
    const report = { ...outcomes, held: this.heldOf(brand) };
    try {
      const permits = await this.exchange(brand, report, wanted);
      this.giveBack(brand, -permits.granted);
      return permits;
    } catch (error) {
      // Whether it was written is unknown: to report a bad outcome twice is safe.
      this.note(brand, outcomes);
      this.known.delete(brand);
      throw error;
    }
  }

  private async exchange(
    brand: Brand,
    outcomes: Omit<CircuitBreakerReport, 'sharing'>,
    wanted: number,
  ): Promise<Permits> {
    const { limits } = this;
    // The persons of the refused pairs are read together with the row.
    const looksUp = outcomes.refused.length > 0 ? [...outcomes.refused, ...outcomes.bad] : [];
    let row = looksUp.length > 0 ? undefined : this.known.get(brand);
    let isOld = row !== undefined;
    row ??= await this.read(brand, looksUp);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const report = { ...outcomes, sharing: row.sharing };
      const done = step(row.state, report, wanted, this.repository.now(row), limits);
      const isNews = !isEmpty(report) || heldIn(row.state, limits.instance) !== report.held;
      if (!isNews && done.granted === 0) {
        // Another replica may have made room since.
        if (wanted === 0 || !isOld) return NONE;
      } else if (await this.write(brand, row, done)) return done;
      isOld = false;
      row = await this.read(brand, looksUp);
    }
    throw new Error(`the circuit breaker of ${brand} is written by others all the time`);
  }

  private heldOf(brand: Brand): number {
    return this.held.get(brand) ?? 0;
  }

  private async read(brand: Brand, consents: readonly string[] = []): Promise<CircuitBreakerRow> {
    const row = await this.repository.read(brand, consents);
    this.known.set(brand, row);
    return row;
  }

  private async write(brand: Brand, row: CircuitBreakerRow, done: CircuitBreakerStep): Promise<boolean> {
    const event = this.eventOf(brand, row.state, done.next);
    const written = await this.repository.swap(brand, row, done.next, event);
    if (!written) {
      this.known.delete(brand);
      return false;
    }
    this.known.set(brand, written);
    if (done.next.status !== row.state.status) await this.announce(brand, done);
    return true;
  }

  /**
   * While it is half open they are not resumed yet, and one that opens again has never ended the pause. Where a person resumed them,
   * that was announced then.
   */
  private eventOf(
    brand: Brand,
    { status: before, isResumedByHand }: CircuitBreakerState,
    { status }: CircuitBreakerState,
  ): CircuitBreakerEvent | null {
    const { failures, window } = this.limits;
    const wentOn = before === 'closed' || isResumedByHand;
    if (wentOn && before !== 'open' && status === 'open')
      return { type: 'hub.refreshes_paused', data: { brand, reason: 'refreshes_failed', failures, window } };
    if (!wentOn && status === 'closed')
      return { type: 'hub.refreshes_resumed', data: { brand, reason: 'refreshes_succeeded' } };
    return null;
  }

  private async announce(brand: Brand, { next, openedBy }: CircuitBreakerStep): Promise<void> {
    if (next.status !== 'open') {
      const status = next.status === 'closed' ? 'closed' : 'half-open';
      this.logger.warn({ msg: `circuit breaker of refreshes ${status} for ${brand}`, brand });
      return;
    }
    this.logger.error({
      msg: `circuit breaker of refreshes opened for ${brand}`,
      brand,
      consents: openedBy,
    });
    const { failures, window } = this.limits;
    try {
      await this.repository.recordPause(openedBy ?? [], { failures, window });
    } catch (error) {
      const failure = { brand, error: describeError(error) };
      this.logger.error({ msg: 'pause of refreshes not recorded in the timelines', ...failure });
    }
  }

  /** Read anew each time: another hub may turn out to have the name of this one. */
  private get limits(): CircuitBreakerSettings {
    const { REFRESH_GUARD_FAILURES: failures, REFRESH_GUARD_WINDOW: window } = this.settings;
    const canaryMs = this.settings.REFRESH_GUARD_CANARY_SECONDS * 1000;
    const { instance, leaseSeconds } = this.grants;
    return { instance, failures, window, canaryMs, permitMs: leaseSeconds * 1000 };
  }
}
