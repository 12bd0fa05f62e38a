import { Logger } from '@nestjs/common';
import { describeError } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import type { ClaimedRefresh, DueRefreshes } from '@consent-hub/token-grant';
import { outcomesOf } from './circuit-breaker-report.js';
import type { Permits, RefreshCircuitBreaker } from './refresh-circuit-breaker.service.js';

/** Refreshes that end within this time of each other make room for one claim, milliseconds. */
const TOP_UP_MS = 20;
/** The same for the report to the circuit breaker when nothing more is due. */
const REPORT_MS = 50;
/** Longer than a claim takes and waits for company: so much ahead of the bank's answers is claimed, in milliseconds of them. */
const AHEAD_MS = 80;

/** The scheduled refreshes of one brand in this process, so that a slow bank delays no other. */
export class BrandRefreshWorker {
  private readonly logger = new Logger(BrandRefreshWorker.name);
  private readonly underWay = new Map<ClaimedRefresh, Promise<void>>();
  /** Refreshes under way that the bank has not answered yet. */
  private unanswered = 0;
  /** Claimed for slots that are about to come free, so that none waits for a claim. */
  private waiting: ClaimedRefresh[] = [];
  private answeredSinceClaim = 0;
  private lastClaimAt = performance.now();
  private round: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isStopping = false;
  /** A round asked for while another runs follows it. */
  private isAsked = false;
  /** Sweeps that were asked for, and the last of them that a round has handled. */
  private asked = 0;
  private looked = 0;
  private mayBeMore = false;

  /** @param slots refreshes that the bank has to answer at the same time; twice as many may be about to be written down */
  constructor(
    private readonly brand: Brand,
    private readonly due: DueRefreshes,
    private readonly breaker: RefreshCircuitBreaker,
    private readonly slots: number,
  ) {}

  /** Begins what is due, as far as slots and circuit breaker allow. Resolves when that has begun; what begins later is topped up. */
  async sweep(): Promise<void> {
    const mine = ++this.asked;
    this.ask();
    // The present round may have searched before this was requested.
    while (this.looked < mine && this.round) await this.round;
  }

  /** Nothing is claimed any more; what was claimed has begun, or is given back, when this resolves. */
  async halt(): Promise<void> {
    this.isStopping = true;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
    await Promise.all(this.waiting.splice(0).map((refresh) => this.giveBack(refresh)));
  }

  /** Resolves when what is under way has ended and the circuit breaker knows. Call `halt` before. */
  async drain(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay.values());
    await this.breaker.report(this.brand).catch((error: unknown) => this.logFailure('report failed', error));
  }

  private ask(): void {
    if (this.round) {
      this.isAsked = true;
      return;
    }
    if (this.isStopping) return;
    this.round = this.fill()
      .catch((error: unknown) => this.logFailure('round failed', error))
      .finally(() => {
        this.round = null;
        if (!this.isAsked) return;
        this.isAsked = false;
        this.ask();
      });
  }

  private async fill(): Promise<void> {
    if (this.looked < this.asked) {
      this.looked = this.asked;
      this.mayBeMore = (await this.breaker.isDue(this.brand)) || this.mayBeMore;
    }
    if (!this.mayBeMore) return this.breaker.report(this.brand);
    while (!this.isStopping) {
      const room = this.room;
      if (room <= 0) return;
      // Read before: what ends while the circuit breaker is asked has made room that this answer does not know of.
      const isHolding = this.underWay.size > 0;
      const permits = await this.breaker.take(this.brand, room);
      const { granted } = permits;
      const begun = await this.begin(permits);
      // Where others hold what the circuit breaker allows, the next sweep asks again.
      this.mayBeMore = granted > 0 ? begun === granted : isHolding;
      if (granted < room || begun < granted) return;
    }
  }

  private async begin({ granted, isAtRandom }: Permits): Promise<number> {
    let claimed: ClaimedRefresh[] = [];
    try {
      if (granted > 0 && !this.isStopping) {
        this.lastClaimAt = performance.now();
        this.answeredSinceClaim = 0;
        claimed = await this.due.claim(this.brand, granted, { atRandom: isAtRandom });
      }
    } finally {
      this.breaker.giveBack(this.brand, granted - claimed.length);
    }
    this.waiting.push(...claimed);
    this.runWaiting();
    return claimed.length;
  }

  /** How many more may be claimed. A bank that answers slowly has nothing claimed ahead: it would wait for too long. */
  private get room(): number {
    const sinceClaimMs = Math.max(1, performance.now() - this.lastClaimAt);
    const ahead = Math.floor((this.answeredSinceClaim / sinceClaimMs) * AHEAD_MS);
    const toCome = Math.min(this.slots - this.unanswered + ahead, 3 * this.slots - this.underWay.size);
    return toCome - this.waiting.length;
  }

  private runWaiting(): void {
    while (!this.isStopping && this.unanswered < this.slots) {
      const next = this.waiting.shift();
      if (!next) return;
      this.underWay.set(next, this.run(next));
    }
  }

  private async run(refresh: ClaimedRefresh): Promise<void> {
    let isAnswered = false;
    const answered = () => {
      if (isAnswered) return;
      isAnswered = true;
      this.unanswered--;
      this.answeredSinceClaim++;
      this.runWaiting();
      this.topUp();
    };
    this.unanswered++;
    try {
      const end = await refresh.run(answered);
      const { consentId } = refresh;
      this.breaker.note(this.brand, outcomesOf({ consentId, ...end, isScheduled: true }));
    } catch (error) {
      this.logFailure('refresh failed', error, refresh.consentId);
    }
    this.underWay.delete(refresh);
    this.breaker.giveBack(this.brand, 1);
    answered();
    this.topUp();
  }

  private async giveBack(refresh: ClaimedRefresh): Promise<void> {
    await refresh
      .giveBack()
      .catch((error: unknown) => this.logFailure('not given back', error, refresh.consentId));
    this.breaker.giveBack(this.brand, 1);
  }

  /** At once when there is room for half of the slots, else together with what ends soon after. */
  private topUp(): void {
    if (this.isStopping) return;
    if (this.mayBeMore && this.room >= this.slots / 2) return this.ask();
    this.timer ??= setTimeout(
      () => {
        this.timer = null;
        this.ask();
      },
      this.mayBeMore ? TOP_UP_MS : REPORT_MS,
    );
  }

  private logFailure(msg: string, error: unknown, consentId?: string): void {
    const { brand } = this;
    this.logger.error({ msg, brand, ...(consentId && { consentId }), error: describeError(error) });
  }
}
