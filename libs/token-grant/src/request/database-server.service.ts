import { Injectable, Logger } from '@nestjs/common';
import { DatabaseClock } from './database-clock.service.js';

/**
 * Which run of which database server this process works on. A server that takes over, was restored or restarted begins a run
 * of its own; nothing else is concluded from one run for the next, since commits may be missing there.
 */
@Injectable()
export class DatabaseServer {
  private readonly logger = new Logger(DatabaseServer.name);
  private run: string | null = null;
  private confirmedRun: string | null = null;
  private walBytes = 0;
  private readonly listeners: (() => void)[] = [];
  private met = performance.now();
  /** System identifier and timeline of the server; null while unknown, or where the server does not say. */
  system: string | null = null;

  constructor(readonly clock: DatabaseClock) {}

  /** Null before any server was met. */
  get current(): string | null {
    return this.run;
  }

  /** The run that the spool was compared with last; null before the first, hence before this process has spent anything. */
  get confirmed(): string | null {
    return this.confirmedRun;
  }

  get isConfirmed(): boolean {
    return this.run !== null && this.confirmedRun === this.run;
  }

  /** Milliseconds of the monotonic clock at which this process met the current run. */
  get metAt(): number {
    return this.met;
  }

  /** @param listener called for each run but the first */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** A statement has run on that server. */
  saw(run: string): void {
    if (run === this.run) return;
    const isFirst = this.run === null;
    this.run = run;
    this.met = performance.now();
    this.system = null;
    if (isFirst) return;
    this.logger.warn({
      msg: 'database server restarted or replaced: refreshes paused until the spool is compared',
    });
    for (const listener of this.listeners) listener();
  }

  /** The server of the current run was identified. */
  identify(system: string | null, walBytes: number): void {
    const isBehind = walBytes < this.walBytes;
    this.logger.log({ msg: 'database server', system, run: this.run, ...(isBehind && { isBehind }) });
    this.system = system ?? '';
  }

  /** How far the log of the current run has come; it never goes back but where the server was restored. */
  noteWal(walBytes: number): void {
    this.walBytes = walBytes;
  }

  /** The spool was compared with that run, what was missing is back, and calls under way are in the journal there. */
  confirm(run: string): void {
    this.confirmedRun = run;
  }
}
