import {
  ApiClientAdministration,
  RequestFigures,
  TokenReadersQuery,
  type ApiClientFacts,
  type TokenReads,
} from '@consent-hub/consent';
import { ProblemTally } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { ApiClientSettings } from '../../config/api-client.settings.js';
import { notFound } from '../access/console-failure.js';

export const SHOWN_READS = 20;
const RATE_LIMITED = 'rate_limited';

/** What this hub, of all hubs, has answered a client since its start. */
export interface ClientTraffic {
  readonly requests: number;
  /** By class of the status. */
  readonly byStatus: ReadonlyMap<string, number>;
  /** Of 429 for too many requests a second. */
  readonly limited: number;
  /** Most often first. */
  readonly problems: readonly { readonly code: string; readonly count: number }[];
}

export interface ClientListing {
  readonly asOf: Date;
  readonly clients: readonly ApiClientFacts[];
  /** By the name of a client. */
  readonly trafficOf: (name: string) => ClientTraffic;
  readonly defaultLimit: number;
  readonly startedAt: Date;
}

export interface ClientDetail {
  readonly asOf: Date;
  readonly client: ApiClientFacts;
  readonly traffic: ClientTraffic;
  readonly reads: TokenReads;
  readonly defaultLimit: number;
  readonly startedAt: Date;
}

/** Reads what is known of API clients. */
@Injectable()
export class ClientFactsService {
  private readonly startedAt = new Date(performance.timeOrigin);

  constructor(
    private readonly clients: ApiClientAdministration,
    private readonly requests: RequestFigures,
    private readonly problems: ProblemTally,
    private readonly readers: TokenReadersQuery,
    private readonly settings: ApiClientSettings,
  ) {}

  async list(): Promise<ClientListing> {
    const asOf = new Date();
    const clients = await this.clients.list();
    return { asOf, clients, trafficOf: this.traffic(), ...this.ofHub };
  }

  /** @throws ConsoleFailure where there is no such client */
  async get(id: string): Promise<ApiClientFacts> {
    const client = await this.clients.find(id);
    if (!client) throw notFound('API client');
    return client;
  }

  /** @throws ConsoleFailure where there is no such client */
  async read(id: string): Promise<ClientDetail> {
    const asOf = new Date();
    const client = await this.get(id);
    const reads = await this.readers.ofClient(id, SHOWN_READS);
    return { asOf, client, traffic: this.traffic()(client.name), reads, ...this.ofHub };
  }

  private get ofHub() {
    return { defaultLimit: this.settings.HUB_RATE_LIMIT, startedAt: this.startedAt };
  }

  /** By the name of the client. */
  private traffic(): (name: string) => ClientTraffic {
    const requests = this.requests.byClient();
    const problems = this.problems.read();
    return (name) => {
      const byStatus = requests.get(name) ?? new Map<string, number>();
      const own = problems.filter(({ client }) => client === name);
      return {
        requests: [...byStatus.values()].reduce((sum, count) => sum + count, 0),
        byStatus,
        limited: own.find(({ code }) => code === RATE_LIMITED)?.count ?? 0,
        problems: own.sort((one, other) => other.count - one.count),
      };
    };
  }
}
