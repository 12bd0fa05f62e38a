import { JointLookups, newId, violatedUniqueConstraint, type Permission } from '@consent-hub/platform';
import { SCOPES, type Scope, type Secret } from '@consent-hub/psd2-protocol';
import { Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiClientError } from './api-client-error.js';
import { ApiClientEntity } from './api-client.entity.js';
import { hashApiKey, newApiKey } from './api-key.js';
import { CallerLookup, type KnownCaller } from './caller-lookup.js';

/** The rule of the column's CHECK, so that a bad name is refused in words. */
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

export interface NewApiClient {
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Default: all. */
  readonly tokenScopes?: readonly Scope[];
  /** The only addresses to which its PSUs may be sent in the end; default: any. */
  readonly returnUrls?: readonly string[] | null;
  /** Requests a second; 0: any number; default: null, as the hub is set. */
  readonly rateLimit?: number | null;
}

/** Makes, lists, recognises and revokes API clients. */
@Injectable()
export class ApiClientService {
  private readonly callers: CallerLookup;

  /** @param lookups where callers are recognised; absent in tools and tests, which recognise few */
  constructor(
    private readonly dataSource: DataSource,
    @Optional() lookups: JointLookups = new JointLookups(dataSource),
  ) {
    this.callers = new CallerLookup(lookups);
  }

  /**
   * The key in the answer is the only copy there will ever be.
   *
   * @throws ApiClientError `invalid_name`, `name_taken`
   */
  async create({
    name,
    permissions,
    tokenScopes = SCOPES,
    returnUrls = null,
    rateLimit = null,
  }: NewApiClient): Promise<{ client: ApiClientEntity; key: Secret }> {
    if (!NAME.test(name)) {
      throw new ApiClientError(
        'invalid_name',
        'A name is 1 to 63 of a-z, 0-9 and hyphen, the first no hyphen.',
      );
    }
    const key = newApiKey();
    const clients = this.dataSource.getRepository(ApiClientEntity);
    const client = clients.create({
      id: newId(),
      name,
      keyHash: hashApiKey(key),
      permissions: [...new Set(permissions)],
      tokenScopes: [...new Set(tokenScopes)],
      returnUrls: returnUrls && [...new Set(returnUrls)],
      rateLimit,
      revokedAt: null,
    });
    try {
      await clients.insert(client);
    } catch (error) {
      if (violatedUniqueConstraint(error) === undefined) throw error;
      throw new ApiClientError(
        'name_taken',
        `There is, or was, an API client named ${name}. Choose another name.`,
        {
          cause: error,
        },
      );
    }
    return { client, key };
  }

  /** All there ever were, oldest first. */
  async list(): Promise<ApiClientEntity[]> {
    return this.dataSource.getRepository(ApiClientEntity).find({ order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /**
   * Its key stops working with the next request. Revoking again changes nothing.
   *
   * @throws ApiClientError `unknown_client`
   */
  async revoke(name: string): Promise<void> {
    const { affected } = await this.dataSource
      .getRepository(ApiClientEntity)
      .update({ name }, { revokedAt: () => 'COALESCE(revoked_at, now())' });
    if (affected === 0) throw unknownClient(name);
  }

  /**
   * Holds from the next request on.
   *
   * @param rateLimit requests a second; 0: any number; null: as the hub is set
   * @throws ApiClientError `unknown_client`
   */
  async limit(name: string, rateLimit: number | null): Promise<void> {
    const { affected } = await this.dataSource.getRepository(ApiClientEntity).update({ name }, { rateLimit });
    if (affected === 0) throw unknownClient(name);
  }

  /** Asked on every request, and not kept, so that a revoked key is refused at once. */
  findByKey(key: Secret): Promise<KnownCaller | null> {
    return this.callers.byKeyHash(hashApiKey(key));
  }
}

const unknownClient = (name: string): ApiClientError =>
  new ApiClientError('unknown_client', `There is no API client named ${name}.`);
