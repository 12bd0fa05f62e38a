import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { buildVersion, describeError } from '@consent-hub/platform';
import { GrantEvents, type RequestEnded } from '@consent-hub/token-grant';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { BANK_SECONDS, HubCountersService } from './hub-counters.service.js';
import { HubGaugesService } from './hub-gauges.service.js';

/** What Prometheus reads. Labels are words of the hub's own: no consent, no person; clients by name. */
@Injectable()
export class HubMetricsService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(HubMetricsService.name);
  /** One of its own: two hubs in one process do not count into each other. */
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'consent_hub_token_requests_total',
    help: 'Calls of POST /token that ended here, by outcome',
    labelNames: ['brand', 'grant', 'outcome', 'trigger'] as const,
    registers: [this.registry],
  });
  private readonly seconds = new Histogram({
    name: 'consent_hub_token_request_duration_seconds',
    help: 'From sending a call of POST /token to its end',
    labelNames: ['brand', 'grant'] as const,
    buckets: BANK_SECONDS,
    registers: [this.registry],
  });
  private readonly replayed = new Counter({
    name: 'consent_hub_spool_answers_replayed_total',
    help: 'Answers of the bank that were settled from the spool',
    registers: [this.registry],
  });
  private readonly outages = new Counter({
    name: 'consent_hub_database_away_total',
    help: 'Answers of the bank that had to wait for the database',
    registers: [this.registry],
  });
  private readonly build = new Gauge({
    name: 'consent_hub_build_info',
    help: 'Always 1: the version of this hub and of its Node.js',
    labelNames: ['version', 'node'] as const,
    registers: [this.registry],
  });

  constructor(
    private readonly events: GrantEvents,
    private readonly gauges: HubGaugesService,
    private readonly counters: HubCountersService,
  ) {}

  onModuleInit(): void {
    collectDefaultMetrics({ register: this.registry });
    this.gauges.register(this.registry);
    this.counters.register(this.registry);
    this.build.set({ version: buildVersion(), node: process.version }, 1);
    this.events.on('request_ended', (request) => this.countRequest(request));
    this.events.on('spool_replayed', ({ count }) => this.replayed.inc(count));
    this.events.on('database_unavailable', () => this.outages.inc());
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Figures counted here are returned even while the database is away; figures read from it are left out then. */
  async read(): Promise<string> {
    await this.gauges.set().catch((error: unknown) => {
      this.gauges.reset();
      this.logger.warn({ msg: 'gauges left out', error: describeError(error) });
    });
    return this.registry.metrics();
  }

  private countRequest({ brand, grantType, outcome, reason, isScheduled, seconds }: RequestEnded): void {
    const trigger = isScheduled ? 'schedule' : 'caller';
    this.requests.inc({ brand, grant: grantType, outcome: reason ?? outcome, trigger });
    this.seconds.observe({ brand, grant: grantType }, seconds);
  }
}
