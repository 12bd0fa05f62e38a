import { Injectable, Logger } from '@nestjs/common';
import { runNamed, type NamedStatement } from '@consent-hub/platform';
import { DataSource, type EntityManager } from 'typeorm';
import { SERVER_IDENTITY } from './reservation.statements.js';
import { TokenGrantSettings } from './token-grant.settings.js';

const IDENTIFY: NamedStatement = { name: 'server_identity', text: `SELECT ${SERVER_IDENTITY} AS server` };

/** Requests of the journal that tell whether other instances were at work lately. */
const LATELY = 1000;

/**
 * Whoever meets a server first decides from when on pairs may be spent there: at once, unless other instances were at work, whose
 * spools may hold what this server has forgotten. $1 instance, $2 seconds of grace
 */
const MEET: NamedStatement = {
  name: 'meet_server',
  text: `
  WITH met AS (
    INSERT INTO hub.database_server (identity, spends_from)
    SELECT ${SERVER_IDENTITY}, now() + CASE
        WHEN EXISTS (SELECT FROM (SELECT owner FROM hub.token_request ORDER BY id DESC LIMIT ${LATELY}) lately WHERE owner <> $1)
          THEN make_interval(secs => $2::double precision) ELSE interval '0' END
    ON CONFLICT (identity) DO NOTHING
    RETURNING spends_from
  )
  SELECT (1000 * extract(epoch FROM spends_from - now()))::double precision AS pause_ms
    FROM (SELECT spends_from FROM met
          UNION ALL SELECT spends_from FROM hub.database_server WHERE identity = ${SERVER_IDENTITY}) known`,
};

interface Pause {
  readonly endsAt: number;
  hasSwept: boolean;
}

/**
 * A database server that takes over may have forgotten the last commits, and believe pairs to be current that were spent.
 * Nothing is reserved there until this process has compared its spool with it, and the others have had the time to.
 *
 * A hub that starts after the failover is told by a row of the server's own, which whoever meets the server first has written. A
 * server is told from the one before by the start of its postmaster: a promoted standby has another one, and so has a
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

  /** A statement has run on that server. The first one that a process meets is looked at before: see `look`. */
  saw(server: string): void {
    const before = this.known;
    if (before === server) return;
    this.known = server;
    if (before === null) return;
    const { failoverGraceMs } = this.settings;
    this.pauseFor(failoverGraceMs);
  }

  /** Asks which server it is, and of one that this process has not met, from when on pairs may be spent there. */
  async look(on: DataSource | EntityManager = this.dataSource): Promise<string> {
    const [row] = await runNamed<{ server: string }>(on, IDENTIFY, []);
    if (!row) throw new Error('the server does not say when it was started');
    if (row.server === this.known) return row.server;
    const pauseMs = await this.meet(on);
    // Whoever was at work on another one pauses by itself; who has just started, as long as those who met this one.
    if (this.known === null && pauseMs > 0) this.pauseFor(pauseMs);
    this.saw(row.server);
    return row.server;
  }

  /** Before the first pair is spent: a process that has met no server looks which it is. */
  async ready(): Promise<void> {
    if (this.known === null) await this.look();
  }

  /** Milliseconds until pairs may be spent on this server, as whoever met it first has decided. */
  private async meet(on: DataSource | EntityManager): Promise<number> {
    const { owner, failoverGraceMs } = this.settings;
    const [row] = await runNamed<{ pause_ms: number }>(on, MEET, [owner, failoverGraceMs / 1000]);
    // Another process has met it at the same moment: the next statement sees what that one wrote.
    return row ? row.pause_ms : this.meet(on);
  }

  private pauseFor(ms: number): void {
    this.pause = { endsAt: performance.now() + ms, hasSwept: false };
    this.logger.warn({ msg: 'another database server, no pair is spent for a while', ms: Math.round(ms) });
  }

  /** The spool of this machine was compared with that server, and what was missing is back. */
  swept(server: string): void {
    if (this.pause && server === this.known) this.pause.hasSwept = true;
  }
}
