import { buildVersion, isDatabaseOutage, RecurringJob } from '@consent-hub/platform';
import { GrantEvents, GrantStatus, SpoolHealth, TokenGrantSettings } from '@consent-hub/token-grant';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HUB_SCHEMA } from '../../../../migrations/consent-hub/index.js';

/** An outage is marked once in this time, however often it is noticed. */
const MARK_EVERY_MS = 60_000;
const SCHEMA = HUB_SCHEMA.migrations.at(-1)?.name ?? 'none';

const WRITE = `
  WITH run AS (
    INSERT INTO hub.instance_run AS r (owner, name, is_duplicate, version, schema, started_at, seen_at, ended_at, spool_is_writable,
                                       spool_files, unsettled_answers, oldest_unsettled_at)
    VALUES ($1, $2, $3, $4, $5, now() - make_interval(secs => $6), now(), CASE WHEN $7 THEN now() END, $8, $9, $10,
            CASE WHEN $10::integer > 0 THEN now() - make_interval(secs => $11) END)
    ON CONFLICT (owner) DO UPDATE
       SET name = excluded.name, is_duplicate = excluded.is_duplicate, seen_at = excluded.seen_at, ended_at = excluded.ended_at,
           spool_is_writable = excluded.spool_is_writable, spool_files = excluded.spool_files,
           unsettled_answers = excluded.unsettled_answers, oldest_unsettled_at = excluded.oldest_unsettled_at
  ), work AS (
    INSERT INTO hub.instance_tally AS t (hour, owner, refreshes, sweeps, sweep_ms, longest_sweep_ms, answers_recovered)
    SELECT date_trunc('hour', now(), 'UTC'), $1, $12::bigint, $13::bigint, $14::double precision, $15::double precision, $16::bigint
     WHERE $12::bigint + $13::bigint + $16::bigint > 0
    ON CONFLICT (hour, owner) DO UPDATE
       SET refreshes = t.refreshes + excluded.refreshes, sweeps = t.sweeps + excluded.sweeps,
           sweep_ms = t.sweep_ms + excluded.sweep_ms, longest_sweep_ms = greatest(t.longest_sweep_ms, excluded.longest_sweep_ms),
           answers_recovered = t.answers_recovered + excluded.answers_recovered
  )
  INSERT INTO hub.database_mark (at, owner, kind)
  SELECT now() - make_interval(secs => age), $1, kind FROM unnest($17::double precision[], $18::text[]) AS noticed (age, kind)
  ON CONFLICT DO NOTHING`;

interface Work {
  refreshes: number;
  sweeps: number;
  sweepMs: number;
  longestSweepMs: number;
  answersRecovered: number;
}

interface Mark {
  readonly kind: 'replaced' | 'unavailable';
  /** By the monotonic clock. */
  readonly at: number;
}

const NO_WORK: Readonly<Work> = {
  refreshes: 0,
  sweeps: 0,
  sweepMs: 0,
  longestSweepMs: 0,
  answersRecovered: 0,
};

const secondsSince = (at: number): number => (performance.now() - at) / 1000;

/**
 * Describes this process in the database every ten seconds: its version, its spool, what it has done since, and when it noticed that the
 * database was away. For people who look at plots; what hubs do depends on none of it.
 */
@Injectable()
export class InstanceRunsRecorder extends RecurringJob implements OnModuleInit {
  protected readonly intervalMs = 10_000;
  protected override readonly runsAtShutdown = true;
  private readonly begun = performance.now();
  private done: Work = { ...NO_WORK };
  private marks: Mark[] = [];
  private readonly lastMarked = new Map<Mark['kind'], number>();
  private isEnding = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: TokenGrantSettings,
    private readonly grants: GrantStatus,
    private readonly spool: SpoolHealth,
    private readonly events: GrantEvents,
  ) {
    super();
  }

  onModuleInit(): void {
    this.events.on('request_ended', ({ isScheduled }) => {
      if (isScheduled) this.done.refreshes++;
    });
    this.events.on('refreshes_swept', ({ milliseconds }) =>
      this.add({ ...NO_WORK, sweeps: 1, sweepMs: milliseconds, longestSweepMs: milliseconds }),
    );
    this.events.on('spool_replayed', ({ count }) => this.add({ ...NO_WORK, answersRecovered: count }));
    this.events.on('database_unavailable', () => this.mark('unavailable'));
    this.events.on('database_replaced', () => this.mark('replaced'));
  }

  /** At once: a process is seen from its start. */
  override async onApplicationBootstrap(): Promise<void> {
    await super.onApplicationBootstrap();
    await this.run();
  }

  override async beforeApplicationShutdown(): Promise<void> {
    this.isEnding = true;
    await super.beforeApplicationShutdown();
  }

  protected override async work(): Promise<void> {
    const [written, marks] = [this.done, this.marks];
    this.done = { ...NO_WORK };
    this.marks = [];
    try {
      await this.dataSource.query(WRITE, this.valuesOf(written, marks));
    } catch (error) {
      this.add(written);
      this.marks.unshift(...marks);
      if (isDatabaseOutage(error)) this.mark('unavailable');
      throw error;
    }
  }

  private valuesOf(done: Work, marks: readonly Mark[]): unknown[] {
    const { isDuplicate, unsettledAnswers, oldestUnsettledSeconds } = this.grants.read();
    return [
      ...[this.settings.owner, this.settings.instance, isDuplicate, buildVersion(), SCHEMA],
      ...[secondsSince(this.begun), this.isEnding],
      ...[this.spool.isWritable(), this.spool.files, unsettledAnswers, oldestUnsettledSeconds],
      ...[done.refreshes, done.sweeps, done.sweepMs, done.longestSweepMs, done.answersRecovered],
      ...[marks.map(({ at }) => secondsSince(at)), marks.map(({ kind }) => kind)],
    ];
  }

  private add(more: Readonly<Work>): void {
    const { refreshes, sweeps, sweepMs, longestSweepMs, answersRecovered } = this.done;
    this.done = {
      refreshes: refreshes + more.refreshes,
      sweeps: sweeps + more.sweeps,
      sweepMs: sweepMs + more.sweepMs,
      longestSweepMs: Math.max(longestSweepMs, more.longestSweepMs),
      answersRecovered: answersRecovered + more.answersRecovered,
    };
  }

  private mark(kind: Mark['kind']): void {
    const at = performance.now();
    if (at - (this.lastMarked.get(kind) ?? -Infinity) < MARK_EVERY_MS) return;
    this.lastMarked.set(kind, at);
    this.marks.push({ kind, at });
  }
}
