import type { Span } from '@opentelemetry/api';
import { ApiClientError } from '@consent-hub/consent';
import { JointLookups } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiClientKeyEntity } from './api-client-key.entity.js';
import { ApiClientEntity } from './api-client.entity.js';
import {
  ApiClientRepository,
  type KeyRotation,
  type MadeKey,
  type NewApiClient,
} from './api-client.repository.js';
import { hashApiKey } from './api-key.js';
import { CallerQuery, type KnownCaller } from './caller.query.js';

export type { MadeKey, NewApiClient } from './api-client.repository.js';

export interface ListedApiClient {
  readonly client: ApiClientEntity;
  /** Oldest first. */
  readonly keys: readonly ApiClientKeyEntity[];
}

/** Makes, lists, recognises and revokes API clients and their keys. */
@Injectable()
export class ApiClientService {
  private readonly callers: CallerQuery;
  private readonly clients = new ApiClientRepository();

  /** @param lookups where callers are recognised; absent in tools and tests, which recognise few */
  constructor(
    private readonly dataSource: DataSource,
    @Optional() lookups: JointLookups = new JointLookups(dataSource),
  ) {
    this.callers = new CallerQuery(lookups);
  }

  /** @throws ApiClientError `invalid_name`, `name_taken` */
  create(wanted: NewApiClient): Promise<MadeKey & { client: ApiClientEntity }> {
    return this.dataSource.transaction((tx) => this.clients.create(tx, wanted));
  }

  /** All there ever were, oldest first. */
  async list(): Promise<ListedApiClient[]> {
    const clients = await this.dataSource
      .getRepository(ApiClientEntity)
      .find({ order: { createdAt: 'ASC', id: 'ASC' } });
    const keys = await this.dataSource
      .getRepository(ApiClientKeyEntity)
      .find({ order: { createdAt: 'ASC', id: 'ASC' } });
    return clients.map((client) => ({
      client,
      keys: keys.filter(({ apiClientId }) => apiClientId === client.id),
    }));
  }

  /**
   * Gives a client another key. The older keys work until the overlap ends, and are refused from then on. A key
   * that expires earlier still does.
   *
   * @throws ApiClientError `unknown_client`
   */
  rotate(name: string, rotation: KeyRotation): Promise<MadeKey> {
    return this.dataSource.transaction((tx) => this.clients.rotate(tx, { name }, rotation));
  }

  /**
   * Its keys stop working with the next request, and its name is free for another client. Revoking again changes nothing.
   *
   * @throws ApiClientError `unknown_client`
   */
  async revoke(name: string): Promise<void> {
    if (await this.clients.revoke(this.dataSource.manager, { name })) return;
    if (!(await this.dataSource.getRepository(ApiClientEntity).existsBy({ name }))) {
      throw new ApiClientError('unknown_client', `There is no API client named ${name}.`);
    }
  }

  /**
   * This key stops working with the next request; the others of the client do not. Revoking again changes nothing.
   *
   * @throws ApiClientError `unknown_client`, `unknown_key`
   */
  revokeKey(name: string, keyId: string): Promise<void> {
    return this.dataSource.transaction((tx) => this.clients.revokeKey(tx, { name }, keyId));
  }

  /**
   * Holds from the next request on.
   *
   * @param rateLimit requests a second; 0: any number; null: as the hub is set
   * @throws ApiClientError `unknown_client`
   */
  limit(name: string, rateLimit: number | null): Promise<void> {
    return this.clients.limit(this.dataSource.manager, { name }, rateLimit);
  }

  /** Asked on every request, and not kept, so that a revoked key is refused at once. */
  findByKey(key: Secret, span?: Span): Promise<KnownCaller | null> {
    return this.callers.byKeyHash(hashApiKey(key), span);
  }
}
