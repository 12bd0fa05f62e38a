import {
  ApiClientAdministration,
  ApiClientError,
  type ApiClientFacts,
  type MadeApiKey,
  type WantedApiClient,
  type WantedRotation,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApiClientKeyEntity } from './api-client-key.entity.js';
import { ApiClientEntity } from './api-client.entity.js';
import { ApiClientRepository } from './api-client.repository.js';
import { ApiClientService, type ListedApiClient } from './api-client.service.js';

/** API clients for people who look after them. */
@Injectable()
export class ApiClientAdministrationService extends ApiClientAdministration {
  private readonly clients = new ApiClientRepository();

  constructor(
    private readonly dataSource: DataSource,
    private readonly service: ApiClientService,
  ) {
    super();
  }

  override async list(): Promise<readonly ApiClientFacts[]> {
    return (await this.service.list()).map(toFacts);
  }

  override async find(id: string): Promise<ApiClientFacts | null> {
    const client = await this.dataSource.getRepository(ApiClientEntity).findOneBy({ id });
    if (!client) return null;
    const keys = await this.dataSource
      .getRepository(ApiClientKeyEntity)
      .find({ where: { apiClientId: id }, order: { createdAt: 'ASC', id: 'ASC' } });
    return toFacts({ client, keys });
  }

  override async create(
    tx: EntityManager,
    wanted: WantedApiClient,
  ): Promise<MadeApiKey & { readonly clientId: string }> {
    const { client, ...made } = await this.clients.create(tx, wanted);
    return { clientId: client.id, ...made };
  }

  override rotate(tx: EntityManager, id: string, wanted: WantedRotation): Promise<MadeApiKey> {
    return this.clients.rotate(tx, { id }, wanted);
  }

  override revokeKey(tx: EntityManager, id: string, keyId: string): Promise<void> {
    return this.clients.revokeKey(tx, { id }, keyId);
  }

  override limit(tx: EntityManager, id: string, rateLimit: number | null): Promise<void> {
    return this.clients.limit(tx, { id }, rateLimit);
  }

  override async revoke(tx: EntityManager, id: string): Promise<void> {
    if (!(await this.clients.revoke(tx, { id })))
      throw new ApiClientError('unknown_client', `There is no API client ${id}, or it is revoked.`);
  }
}

const toFacts = ({ client, keys }: ListedApiClient): ApiClientFacts => ({
  id: client.id,
  name: client.name,
  permissions: client.permissions,
  tokenScopes: client.tokenScopes,
  returnUrls: client.returnUrls,
  rateLimit: client.rateLimit,
  createdAt: client.createdAt,
  revokedAt: client.revokedAt,
  keys: keys.map(({ id, keyPrefix, createdAt, expiresAt, revokedAt, lastUsedAt }) => ({
    id,
    prefix: keyPrefix,
    createdAt,
    expiresAt,
    revokedAt,
    lastUsedAt,
  })),
});
