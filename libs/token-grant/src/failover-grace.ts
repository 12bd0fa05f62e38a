import { Injectable, Logger } from '@nestjs/common';
import { runNamed, type NamedStatement } from '@consent-hub/platform';
import { DataSource, type EntityManager } from 'typeorm';
import { SERVER_IDENTITY } from './reservation.statements.js';
import { TokenGrantSettings } from './token-grant.settings.js';

const IDENTIFY: NamedStatement = { name: 'server_identity', text: `SELECT ${SERVER_IDENTITY} AS server` };

interface Pause {
  readonly endsAt: number;
  hasSwept: boolean;
}

/**
 * A database server that takes over may have forgotten the last commits, and believe pairs to be current that were spent.
 * Nothing is reserved there until this process has compared its spool with it, and the others have had the time to.
 *
 * A server is told from the one before by the start of its postmaster: a promoted standby has another one, and so has a
 * server that was restarted, which cannot be told from one restored from a backup.
 */
@Injectable()
export class FailoverGrace {
  private readonly logger = new Logger(FailoverGrace.name);
  private known: string | null = null;
  private pause: Pause | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: TokenGrantSettings,
  ) {}

  /** The server on whose word pairs may be spent; null before any was seen. */
  get server(): string | null {
    return this.known;
  }

  /** Whole seconds until pairs may be spent again, 0 when they may be. */
  get secondsLeft(): number {
    if (!this.pause) return 0;
    const ms = this.pause.endsAt - performance.now();
    if (ms <= 0 && this.pause.hasSwept) this.pause = null;
    return this.pause ? Math.max(1, Math.ceil(ms / 1000)) : 0;
  }

  /** A statement has run on that server. The first server that a process meets is no failover. */
  saw(server: string): void {
    const before = this.known;
    if (before === server) return;
    this.known = server;
    if (before === null) return;
    const { failoverGraceMs } = this.settings;
    this.pause = { endsAt: performance.now() + failoverGraceMs, hasSwept: false };
    this.logger.warn({ msg: 'another database server, no pair is spent for a while', ms: failoverGraceMs });
  }

  /** Asks which server it is. */
  async look(on: DataSource | EntityManager = this.dataSource): Promise<string> {
    const [row] = await runNamed<{ server: string }>(on, IDENTIFY, []);
    if (!row) throw new Error('the server does not say when it was started');
    this.saw(row.server);
    return row.server;
  }

  /** The spool of this machine was compared with that server, and what was missing is back. */
  swept(server: string): void {
    if (this.pause && server === this.known) this.pause.hasSwept = true;
  }
}
