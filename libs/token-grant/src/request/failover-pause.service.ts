import { Injectable, Logger } from '@nestjs/common';
import { DatabaseServer } from './database-server.service.js';
import { stopwatch } from './stopwatch.js';
import { TokenGrantSettings } from '../token-grant.settings.js';

/** After that the spool was read again. */
const SPOOL_RETRY_SECONDS = 5;

/** What the pause must know of the other processes and of the start of this one. */
export interface Recovery {
  /** Joins the other processes and compares the spool with the database, before the first pair is spent. */
  begin(): Promise<void>;
  /** Owners that have spent pairs on another run of the server and have not confirmed this one. */
  unconfirmed(): readonly string[];
  /** Whether another process has confirmed a server of another system or timeline. */
  othersKnowAnotherSystem(): boolean;
}

/**
 * Whether pairs may be spent on the word of the server that answers now. It may have forgotten the last commits of the one
 * before, and believe pairs to be current that were spent. So nothing is reserved there until this process has compared its
 * spool with it, and every other has, or cannot any more.
 */
@Injectable()
export class FailoverPause {
  private readonly logger = new Logger(FailoverPause.name);
  /** The run on which pairs may be spent. */
  private openOn: string | null = null;
  private recovery: Recovery | null = null;
  private starting: Promise<void> | null = null;
  private isFirst = true;
  private spoolIsWritable = true;

  constructor(
    private readonly server: DatabaseServer,
    private readonly settings: TokenGrantSettings,
  ) {}

  /** To be called before `ready`. */
  reliesOn(recovery: Recovery): void {
    this.recovery = recovery;
  }

  /** No pair is spent while its answer could not be spooled. */
  noteSpool(isWritable: boolean): void {
    this.spoolIsWritable = isWritable;
  }

  /** Before the first pair is spent. */
  async ready(): Promise<void> {
    this.starting ??= this.recovery?.begin() ?? null;
    try {
      await this.starting;
    } catch (error) {
      this.starting = null;
      throw error;
    }
  }

  /** Whether the server that answers now was met, and no pair may be spent there yet. */
  get isPaused(): boolean {
    return this.server.current !== null && this.secondsLeftOnRun() > 0;
  }

  /** The run on whose word pairs may be spent; null while there is none, or answers could not be spooled. */
  get run(): string | null {
    return this.secondsLeft === 0 ? this.openOn : null;
  }

  /** A statement has run on that server. */
  saw(run: string): void {
    this.server.saw(run);
  }

  /** Whether a request that is reserved now on that run may still be sent: a process may be delayed, a server replaced. */
  freshness(run: string): () => boolean {
    const isInTime = stopwatch(this.settings.sendWithinMs);
    return () => isInTime() && this.server.current === run;
  }

  /** What the database's clock shows at the latest: see `DatabaseClock`. */
  get latestMs(): number | null {
    return this.server.clock.latestMs;
  }

  /** Whole seconds until pairs may be spent again, an estimate; 0 when they may be. */
  get secondsLeft(): number {
    return this.spoolIsWritable ? this.secondsLeftOnRun() : SPOOL_RETRY_SECONDS;
  }

  private secondsLeftOnRun(): number {
    const { current } = this.server;
    if (current !== null && this.openOn === current) return 0;
    const waitsForMs = this.waitsForMs();
    if (waitsForMs > 0 || current === null) return Math.max(1, Math.ceil(waitsForMs / 1000));
    if (!this.isFirst) this.logger.warn({ msg: 'refreshes resumed on this database server' });
    this.isFirst = false;
    this.openOn = current;
    return 0;
  }

  /** Milliseconds, at most; 0 when nothing is to be waited for. */
  private waitsForMs(): number {
    const { longestSilenceMs, leaseSeconds } = this.settings;
    if (!this.server.isConfirmed) return 1;
    const passed = performance.now() - this.server.metAt;
    // A server of another history, met by a process that has seen no other: it may have forgotten whole instances.
    if (this.isFirst && this.recovery?.othersKnowAnotherSystem() && passed < longestSilenceMs)
      return longestSilenceMs - passed;
    // One that lives and cannot reach the server is waited for as long as its calls may take.
    const longest = longestSilenceMs + leaseSeconds * 1000;
    const isWaiting = (this.recovery?.unconfirmed() ?? []).length > 0 && passed < longest;
    return isWaiting ? Math.max(1, longestSilenceMs - passed) : 0;
  }
}
