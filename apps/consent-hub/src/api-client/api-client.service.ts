import type { Span } from '@opentelemetry/api';
import { JointLookups, newId, violatedUniqueConstraint, type Permission } from '@consent-hub/platform';
import { SCOPES, type Scope, type Secret } from '@consent-hub/psd2-protocol';
import { Injectable, Optional } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { ApiClientError } from './api-client-error.js';
import { ApiClientKeyEntity } from './api-client-key.entity.js';
import { ApiClientEntity } from './api-client.entity.js';
import { hashApiKey, newApiKey } from './api-key.js';
import { CallerQuery, type KnownCaller } from './caller.query.js';

/** The rule of the column's CHECK, so that a bad name is refused in words. */
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** A key that is to be made. */
export interface NewKey {
  /** From now on; default: null, it never expires. */
  readonly expiresInSeconds?: number | null;
}

export interface NewApiClient extends NewKey {
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Default: all. */
  readonly tokenScopes?: readonly Scope[];
  /** The only addresses to which its PSUs may be sent in the end; default: any. */
  readonly returnUrls?: readonly string[] | null;
  /** Requests a second; 0: any number; default: null, as the hub is set. */
  readonly rateLimit?: number | null;
}

/** How the keys of a client are replaced. */
export interface KeyRotation extends NewKey {
  /** So long the keys that the client has go on working, unless they expire before. */
  readonly overlapSeconds: number;
}

export interface MadeKey {
  readonly keyId: string;
  /** The only copy there will ever be. */
  readonly key: Secret;
  readonly expiresAt: Date | null;
}

export interface ListedApiClient {
  readonly client: ApiClientEntity;
  /** Oldest first. */
  readonly keys: readonly ApiClientKeyEntity[];
}

const INSERT_KEY = `
  INSERT INTO hub.api_client_key (id, api_client_id, key_hash, expires_at)
  VALUES ($1, $2, $3, now() + make_interval(secs => $4::double precision)) RETURNING expires_at`;

/** Makes, lists, recognises and revokes API clients and their keys. */
@Injectable()
export class ApiClientService {
  private readonly callers: CallerQuery;

  /** @param lookups where callers are recognised; absent in tools and tests, which recognise few */
  constructor(
    private readonly dataSource: DataSource,
    @Optional() lookups: JointLookups = new JointLookups(dataSource),
  ) {
    this.callers = new CallerQuery(lookups);
  }

  /** @throws ApiClientError `invalid_name`, `name_taken` */
  async create({
    name,
    permissions,
    tokenScopes = SCOPES,
    returnUrls = null,
    rateLimit = null,
    ...wantedKey
  }: NewApiClient): Promise<MadeKey & { client: ApiClientEntity }> {
    if (!NAME.test(name)) {
      throw new ApiClientError(
        'invalid_name',
        'A name is 1 to 63 of a-z, 0-9 and hyphen, the first no hyphen.',
      );
    }
    const client = this.dataSource.getRepository(ApiClientEntity).create({
      id: newId(),
      name,
      permissions: [...new Set(permissions)],
      tokenScopes: [...new Set(tokenScopes)],
      returnUrls: returnUrls && [...new Set(returnUrls)],
      rateLimit,
      revokedAt: null,
    });
    try {
      return await this.dataSource.transaction(async (tx) => {
        await tx.insert(ApiClientEntity, client);
        return { client, ...(await insertKey(tx, client.id, wantedKey)) };
      });
    } catch (error) {
      if (violatedUniqueConstraint(error) === undefined) throw error;
      throw new ApiClientError(
        'name_taken',
        `There is an API client named ${name}. Choose another name, or revoke that client first.`,
        { cause: error },
      );
    }
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
   * Gives a client another key. Those that it has work on until the overlap is over, and are refused from then on; one that
   * expires earlier still does.
   *
   * @throws ApiClientError `unknown_client`
   */
  async rotate(name: string, { overlapSeconds, ...wantedKey }: KeyRotation): Promise<MadeKey> {
    return this.dataSource.transaction(async (tx) => {
      const client = await lockLive(tx, name);
      await tx.query(
        `UPDATE hub.api_client_key SET expires_at = least(expires_at, now() + make_interval(secs => $2::double precision))
          WHERE api_client_id = $1 AND revoked_at IS NULL`,
        [client.id, overlapSeconds],
      );
      return insertKey(tx, client.id, wantedKey);
    });
  }

  /**
   * Its keys stop working with the next request, and its name is free for another client. Revoking again changes nothing.
   *
   * @throws ApiClientError `unknown_client`
   */
  async revoke(name: string): Promise<void> {
    const clients = this.dataSource.getRepository(ApiClientEntity);
    const { affected } = await clients.update({ name, revokedAt: IsNull() }, { revokedAt: () => 'now()' });
    if (affected === 0 && !(await clients.existsBy({ name }))) {
      throw new ApiClientError('unknown_client', `There is no API client named ${name}.`);
    }
  }

  /**
   * This key stops working with the next request; the others of the client do not. Revoking again changes nothing.
   *
   * @throws ApiClientError `unknown_client`, `unknown_key`
   */
  async revokeKey(name: string, keyId: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const client = await lockLive(tx, name);
      const { affected } = await tx.update(
        ApiClientKeyEntity,
        { id: keyId, apiClientId: client.id },
        { revokedAt: () => 'COALESCE(revoked_at, now())' },
      );
      if (affected === 0) throw new ApiClientError('unknown_key', `${name} has no key ${keyId}.`);
    });
  }

  /**
   * Holds from the next request on.
   *
   * @param rateLimit requests a second; 0: any number; null: as the hub is set
   * @throws ApiClientError `unknown_client`
   */
  async limit(name: string, rateLimit: number | null): Promise<void> {
    const { affected } = await this.dataSource
      .getRepository(ApiClientEntity)
      .update({ name, revokedAt: IsNull() }, { rateLimit });
    if (affected === 0) throw unknownClient(name);
  }

  /** Asked on every request, and not kept, so that a revoked key is refused at once. */
  findByKey(key: Secret, span?: Span): Promise<KnownCaller | null> {
    return this.callers.byKeyHash(hashApiKey(key), span);
  }
}

/** Those who change the keys of one client do so one after the other. */
async function lockLive(tx: EntityManager, name: string): Promise<ApiClientEntity> {
  const client = await tx.findOne(ApiClientEntity, {
    where: { name, revokedAt: IsNull() },
    lock: { mode: 'for_no_key_update' },
  });
  if (!client) throw unknownClient(name);
  return client;
}

async function insertKey(
  tx: EntityManager,
  clientId: string,
  { expiresInSeconds = null }: NewKey,
): Promise<MadeKey> {
  const [keyId, key] = [newId(), newApiKey()];
  const [row] = await tx.query<{ expires_at: Date | null }[]>(INSERT_KEY, [
    keyId,
    clientId,
    hashApiKey(key),
    expiresInSeconds,
  ]);
  return { keyId, key, expiresAt: row?.expires_at ?? null };
}

const unknownClient = (name: string): ApiClientError =>
  new ApiClientError('unknown_client', `There is no API client named ${name}, or only a revoked one.`);
