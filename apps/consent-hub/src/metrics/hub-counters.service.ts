import { BankCallEvents } from '@consent-hub/bank-client';
import { TokenReadTally, WebhookFigures } from '@consent-hub/consent';
import { ProblemTally } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { Counter, Histogram, type Registry } from 'prom-client';
import { RequestDurationsHook } from './request-durations.hook.js';

/** Counted elsewhere on the way of a refused request, so that those which succeed pay nothing for it; read when asked. */
export const registerProblemCounter = (tally: ProblemTally, registry: Registry): Counter =>
  new Counter({
    name: 'consent_hub_problems_total',
    help: 'Requests answered with a problem, by its code and the API client; without a client when the key was not one',
    labelNames: ['code', 'client'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { code, client, count } of tally.read()) this.inc({ code, client }, count);
    },
  });

const registerTokenReadCounter = (tally: TokenReadTally, registry: Registry): Counter =>
  new Counter({
    name: 'consent_hub_token_reads_total',
    help: 'Reads of access tokens by how they ended, refused ones by code',
    labelNames: ['result', 'code'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { result, code, count } of tally.read()) this.inc({ result, code }, count);
    },
  });

const registerDeliveryCounter = (webhooks: WebhookFigures, registry: Registry): Counter =>
  new Counter({
    name: 'consent_hub_webhook_deliveries_total',
    help: 'Attempts to deliver an event to a webhook: delivered, retried (failed, another one follows), failed (given up)',
    labelNames: ['result'] as const,
    registers: [registry],
    collect() {
      const { delivered, retried, failed } = webhooks.counts();
      this.reset();
      for (const [result, count] of Object.entries({ delivered, retried, failed }))
        this.inc({ result }, count);
    },
  });

const registerDisabledCounter = (webhooks: WebhookFigures, registry: Registry): Counter =>
  new Counter({
    name: 'consent_hub_webhooks_disabled_total',
    help: 'Webhooks that were disabled since they failed, by why: gone (410), failing (five days)',
    labelNames: ['reason'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(webhooks.counts().disabled)) this.inc({ reason }, count);
    },
  });

/** From a quick answer to one that took as long as the hub waits. */
export const BANK_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** What requests and calls of the bank came to: requests to the hub, reads of tokens, refusals, the bank, webhooks. */
@Injectable()
export class HubCountersService {
  private readonly bankCalls = new Histogram({
    name: 'consent_hub_bank_call_duration_seconds',
    help: 'Calls of the bank that ended, by brand, endpoint and outcome: answered, or the code of the failure',
    labelNames: ['brand', 'endpoint', 'outcome'] as const,
    buckets: BANK_SECONDS,
    registers: [],
  });

  constructor(
    private readonly requests: RequestDurationsHook,
    private readonly problems: ProblemTally,
    private readonly reads: TokenReadTally,
    private readonly webhooks: WebhookFigures,
    calls: BankCallEvents,
  ) {
    calls.on(({ seconds, ...labels }) => this.bankCalls.observe(labels, seconds));
  }

  register(registry: Registry): void {
    registry.registerMetric(this.requests.durations);
    registry.registerMetric(this.bankCalls);
    registerProblemCounter(this.problems, registry);
    registerTokenReadCounter(this.reads, registry);
    registerDeliveryCounter(this.webhooks, registry);
    registerDisabledCounter(this.webhooks, registry);
  }
}
