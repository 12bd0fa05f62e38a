import {
  HubEventHistory,
  RefreshPauses,
  type CircuitBreakerStanding,
  type PastHubEvent,
  FigureHistory,
  type LatencyCount,
} from '@consent-hub/consent';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import {
  FailedRequestsQuery,
  type FailedRequest,
  type FailedRequests,
  type OpenRequest,
} from '@consent-hub/token-grant';
import { Injectable } from '@nestjs/common';
import { AdminActionRepository } from '../audit/admin-action.repository.js';
import { Cached } from '../overview/cached.js';

/** By the name in the address of the page, in hours. */
export const BANK_RANGES = { '24h': 24, '7d': 168 } as const;
export type BankRange = keyof typeof BANK_RANGES;

const FRESH_MS = 2_000;
const FAILURES_FRESH_MS = 10_000;
const OPEN_SHOWN = 10;
const PAUSES_SHOWN = 10;

/** A pause or a resumption, with the reason of the person who did it. */
export interface PastPause extends PastHubEvent {
  readonly why: string | null;
}

/** How the refreshes at one brand stand. */
export interface BankStanding {
  readonly brand: Brand;
  readonly breaker: CircuitBreakerStanding;
  /** The last failed request of each consent that the circuit breaker counts. */
  readonly causes: ReadonlyMap<string, FailedRequest>;
  /** The longest open first, some of them. */
  readonly open: readonly OpenRequest[];
  /** Newest first. */
  readonly pauses: readonly PastPause[];
}

export interface Banks {
  readonly asOf: Date;
  readonly standings: readonly BankStanding[];
}

/** What the page of the banks shows, read once for all who look at it. */
@Injectable()
export class BanksService {
  private readonly now = new Cached(() => this.load(), FRESH_MS);
  private readonly failures: Readonly<Record<BankRange, Cached<FailedRequests>>> = {
    '24h': new Cached(() => this.requests.ofLast(BANK_RANGES['24h']), FAILURES_FRESH_MS),
    '7d': new Cached(() => this.requests.ofLast(BANK_RANGES['7d']), FAILURES_FRESH_MS),
  };

  private readonly latencies: Readonly<Record<BankRange, Cached<readonly LatencyCount[]>>> = {
    '24h': new Cached(() => this.figures.latencies(BANK_RANGES['24h']), FAILURES_FRESH_MS),
    '7d': new Cached(() => this.figures.latencies(BANK_RANGES['7d']), FAILURES_FRESH_MS),
  };

  constructor(
    private readonly figures: FigureHistory,
    private readonly pauses: RefreshPauses,
    private readonly requests: FailedRequestsQuery,
    private readonly events: HubEventHistory,
    private readonly actions: AdminActionRepository,
  ) {}

  read(): Promise<Banks> {
    return this.now.read();
  }

  failuresOf(range: BankRange): Promise<FailedRequests> {
    return this.failures[range].read();
  }

  latenciesOf(range: BankRange): Promise<readonly LatencyCount[]> {
    return this.latencies[range].read();
  }

  /** So that a person who has acted sees the result at once. */
  forget(): void {
    this.now.forget();
  }

  private async load(): Promise<Banks> {
    const asOf = new Date();
    const [breakers, open, ...events] = await Promise.all([
      this.pauses.read(),
      this.requests.open(OPEN_SHOWN),
      ...BRANDS.map((brand) =>
        this.events.latestOfBrand(['hub.refreshes_paused', 'hub.refreshes_resumed'], brand, PAUSES_SHOWN),
      ),
    ]);
    const counted = breakers.flatMap(({ results }) => results.filter((consentId) => consentId !== null));
    const [failed, reasons] = await Promise.all([
      counted.length === 0 ? [] : this.requests.latestOf(counted),
      this.actions.reasonsOf(events.flat().flatMap(({ data }) => data['admin_action'] ?? []) as string[]),
    ]);
    const causes = new Map(failed.map((one) => [one.consentId, one]));
    const standings = BRANDS.flatMap((brand, at) => {
      const breaker = breakers.find((one) => one.brand === brand);
      if (!breaker) return [];
      const pauses = (events[at] ?? []).map((event) => ({
        ...event,
        why: reasons.get(String(event.data['admin_action'])) ?? null,
      }));
      return [{ brand, breaker, causes, pauses, open: open.filter((one) => one.brand === brand) }];
    });
    return { asOf, standings };
  }
}
