import { Injectable } from '@nestjs/common';
import { HubFigures, isLive } from '@consent-hub/consent';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { databaseEvents } from '@consent-hub/platform';
import { GrantStatus, SpoolHealth } from '@consent-hub/token-grant';
import { Gauge, type Registry } from 'prom-client';
import { GaugeSources } from './gauge-sources.service.js';

const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
  new Gauge<T>({ name: `consent_hub_${name}`, help, labelNames: [...labelNames], registers: [] });

const CIRCUIT_BREAKER_STATUSES = ['closed', 'half_open', 'open'] as const;

const secondsBetween = (from: Date, until: Date): number =>
  Math.max(0, (until.getTime() - from.getTime()) / 1000);

/** How the hub stands now. What is read from the database is the same for every replica: take the maximum, not the sum. */
@Injectable()
export class HubGaugesService {
  private readonly consents = gauge('consents', 'Consents by state', ['brand', 'scope', 'state']);
  private readonly live = gauge('live_consents', 'Consents with a pair that works', ['brand']);
  private readonly due = gauge('refreshes_due', 'Refreshes that are due', ['brand']);
  private readonly overdue = gauge('refreshes_overdue', 'Refreshes due for more than a minute', ['brand']);
  private readonly oldestDue = gauge(
    'oldest_due_refresh_seconds',
    'For how long the refresh that is due longest waits, 0 where none is due',
    ['brand'],
  );
  private readonly open = gauge('token_requests_open', 'Token requests that have not ended', ['brand']);
  private readonly inDoubt = gauge('token_requests_in_doubt', 'Token requests whose answer was lost', [
    'brand',
  ]);
  private readonly circuitBreaker = gauge(
    'refresh_guard',
    '1 for the status of the circuit breaker of scheduled refreshes',
    ['brand', 'status'],
  );
  private readonly waiting = gauge(
    'webhook_deliveries_pending',
    'Deliveries to enabled webhooks that wait, counted up to 100000',
    [],
  );
  private readonly oldestWaiting = gauge(
    'webhook_oldest_pending_seconds',
    'For how long the oldest of them waits, 0 where none does',
    [],
  );
  private readonly spoolFiles = gauge(
    'spool_files',
    'Files with answers of the bank in the spool directory',
    [],
  );
  private readonly spoolBytes = gauge('spool_bytes', 'Size of these files', []);
  private readonly spoolFree = gauge('spool_free_bytes', 'What the disk of the spool has left', []);
  private readonly spoolWritable = gauge('spool_writable', '1 while the spool can be written, else 0', []);
  /** Read from the database. */
  private readonly stored = [
    this.consents,
    this.live,
    this.due,
    this.overdue,
    this.oldestDue,
    this.open,
    this.inDoubt,
    this.circuitBreaker,
    this.waiting,
    this.oldestWaiting,
  ];
  private readonly spooled = [this.spoolFiles, this.spoolBytes, this.spoolFree, this.spoolWritable];
  private readonly unsettled = gauge(
    'unsettled_answers',
    'Answers of the bank that are not in the database yet',
    [],
  );
  private readonly oldestUnsettled = gauge(
    'oldest_unsettled_answer_seconds',
    'How long the oldest of them waits',
    [],
  );
  private readonly takenOver = gauge(
    'token_requests_taken_over',
    'Requests that this hub has taken from ended and silent ones since it started',
    [],
  );
  private readonly sinceWrite = gauge('seconds_since_database_write', 'Since this hub could last write', []);
  private readonly paused = gauge(
    'grants_paused_seconds',
    'Until pairs may be spent on this server, at least',
    [],
  );
  private readonly living = gauge(
    'instances_living',
    'Hubs at work on the same database, as this one observes them, itself among them',
    [],
  );
  private readonly duplicate = gauge(
    'instance_duplicate',
    '1 where HUB_INSTANCE was in use by another hub',
    [],
  );
  private readonly unknownKeys = gauge(
    'pairs_of_unknown_keys',
    'Pairs that no key of HUB_VAULT_KEYS opens, when this hub started',
    [],
  );
  private readonly standbys = gauge(
    'database_standbys_reached',
    'Connections that led to a standby, since the start',
    [],
  );
  private readonly silences = gauge(
    'database_silences',
    'Times that the database fell silent, since the start',
    [],
  );
  private readonly certificates = gauge(
    'certificate_expiry_seconds',
    'Until the client certificate for the brand ends, negative once it has',
    ['brand'],
  );
  private readonly partitionsAhead = gauge(
    'timeline_partitions_ahead_seconds',
    'For how long timelines have partitions, at the last check of this hub',
    [],
  );
  private readonly unpartitioned = gauge(
    'timeline_unpartitioned',
    '1 while entries of timelines lie in the default partition, else 0',
    [],
  );
  private readonly pastRetention = gauge(
    'timeline_partitions_past_retention',
    'Partitions of timelines that are older than TIMELINE_RETENTION_MONTHS',
    [],
  );
  private readonly dispatchLag = gauge(
    'webhook_dispatch_lag_seconds',
    'Since this hub last saw that deliveries had been made of all events',
    [],
  );
  private readonly heldBack = gauge(
    'events_held_back_seconds',
    'For how long open transactions have held back the events that were written after them',
    [],
  );
  private readonly streams = gauge('event_streams_open', 'Streams of events that are open', []);
  /** Figures of this process, known without the database. */
  private readonly own = [
    this.unsettled,
    this.oldestUnsettled,
    this.takenOver,
    this.sinceWrite,
    this.paused,
    this.living,
    this.duplicate,
    this.unknownKeys,
    this.standbys,
    this.silences,
    this.certificates,
    this.partitionsAhead,
    this.unpartitioned,
    this.pastRetention,
    this.dispatchLag,
    this.heldBack,
    this.streams,
  ];

  constructor(
    private readonly figures: HubFigures,
    private readonly spool: SpoolHealth,
    private readonly status: GrantStatus,
    private readonly sources: GaugeSources,
  ) {}

  register(registry: Registry): void {
    for (const metric of [...this.stored, ...this.spooled, ...this.own]) registry.registerMetric(metric);
  }

  /** Without the database, nothing is known of what it holds. */
  reset(): void {
    for (const metric of this.stored) metric.reset();
  }

  async set(): Promise<void> {
    this.setSpool();
    this.setOwn();
    const [{ asOf, consents, brands }, { pending, oldestSeconds }] = await Promise.all([
      this.figures.read(),
      this.sources.webhooks.waiting(),
    ]);
    // A combination that no consent is in any more would keep its last value.
    this.reset();
    this.waiting.set(pending);
    this.oldestWaiting.set(oldestSeconds);
    for (const { brand, scope, state, count } of consents) this.consents.set({ brand, scope, state }, count);
    for (const brand of BRANDS) {
      const { due, overdue, oldestDueAt, openRequests, inDoubt, circuitBreaker } = brands[brand];
      const live = consents.filter((row) => row.brand === brand && isLive(row.state));
      this.live.set(
        { brand },
        live.reduce((sum, { count }) => sum + count, 0),
      );
      this.due.set({ brand }, due);
      this.overdue.set({ brand }, overdue);
      this.oldestDue.set({ brand }, oldestDueAt ? secondsBetween(oldestDueAt, asOf) : 0);
      this.open.set({ brand }, openRequests);
      this.inDoubt.set({ brand }, inDoubt);
      for (const status of CIRCUIT_BREAKER_STATUSES)
        this.circuitBreaker.set({ brand, status }, circuitBreaker.status === status ? 1 : 0);
    }
  }

  private setOwn(): void {
    const figures = this.status.read();
    this.unsettled.set(figures.unsettledAnswers);
    this.oldestUnsettled.set(figures.oldestUnsettledSeconds);
    this.takenOver.set(figures.requestsTakenOver);
    this.sinceWrite.set(figures.secondsSinceWrite);
    this.paused.set(figures.pausedSeconds);
    this.living.set(figures.livingHubs);
    this.duplicate.set(figures.isDuplicate ? 1 : 0);
    this.unknownKeys.set(figures.pairsOfUnknownKeys);
    this.heldBack.set(this.sources.events.heldBackSeconds);
    this.streams.set(this.sources.events.openStreams);
    this.standbys.set(databaseEvents.standbyReached);
    this.silences.set(databaseEvents.silences);
    const divided = this.sources.partitions.status;
    if (divided) {
      this.partitionsAhead.set(divided.aheadSeconds);
      this.unpartitioned.set(divided.hasUnpartitioned ? 1 : 0);
      this.pastRetention.set(divided.pastRetention);
    }
    this.dispatchLag.set(this.sources.webhooks.counts().dispatchLagSeconds);
    for (const { brand, secondsLeft } of this.sources.certificates.list())
      this.certificates.set({ brand }, secondsLeft);
  }

  private setSpool(): void {
    this.spoolFiles.set(this.spool.files);
    this.spoolBytes.set(this.spool.bytes);
    this.spoolFree.set(this.spool.freeBytes);
    this.spoolWritable.set(this.spool.isWritable() ? 1 : 0);
  }
}
