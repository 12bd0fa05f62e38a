import { ApiClientError } from '@consent-hub/consent';
import { newId, violatedUniqueConstraint, type Permission } from '@consent-hub/platform';
import { SCOPES, type Scope, type Secret } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { ApiClientKeyEntity } from './api-client-key.entity.js';
import { ApiClientEntity } from './api-client.entity.js';
import { hashApiKey, newApiKey, prefixOfApiKey } from './api-key.js';

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
  /** How long the older keys of the client keep working, unless they expire before. */
  readonly overlapSeconds: number;
  /** The newest key that is known: where there is a newer one, nothing is done. Absent: whichever it is. */
  readonly newestKeyId?: string;
}

export interface MadeKey {
  readonly keyId: string;
  /** The only copy there will ever be. */
  readonly key: Secret;
  readonly expiresAt: Date | null;
}

/** A client that is not revoked, by one of the two. */
export type NamedClient = { readonly name: string } | { readonly id: string };

const INSERT_KEY = `
  INSERT INTO hub.api_client_key (id, api_client_id, key_hash, key_prefix, expires_at)
  VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5::double precision)) RETURNING expires_at`;

/** Writes API clients and their keys. */
@Injectable()
export class ApiClientRepository {
  /** @throws ApiClientError `invalid_name`, `name_taken` */
  async create(
    tx: EntityManager,
    {
      name,
      permissions,
      tokenScopes = SCOPES,
      returnUrls = null,
      rateLimit = null,
      ...wantedKey
    }: NewApiClient,
  ): Promise<MadeKey & { client: ApiClientEntity }> {
    if (!NAME.test(name)) {
      throw new ApiClientError(
        'invalid_name',
        'A name is 1 to 63 of a-z, 0-9 and hyphen, the first no hyphen.',
      );
    }
    const client = tx.create(ApiClientEntity, {
      id: newId(),
      name,
      permissions: [...new Set(permissions)],
      tokenScopes: [...new Set(tokenScopes)],
      returnUrls: returnUrls && [...new Set(returnUrls)],
      rateLimit,
      revokedAt: null,
    });
    await tx.insert(ApiClientEntity, client).catch((error: unknown) => {
      if (violatedUniqueConstraint(error) === undefined) throw error;
      throw new ApiClientError(
        'name_taken',
        `There is an API client named ${name}. Choose another name, or revoke that client first.`,
        { cause: error },
      );
    });
    return { client, ...(await insertKey(tx, client.id, wantedKey)) };
  }

  /**
   * Gives a client another key. The older keys work until the overlap ends, and are refused from then on. A key
   * that expires earlier still does.
   *
   * @throws ApiClientError `unknown_client`, `newer_key`
   */
  async rotate(
    tx: EntityManager,
    named: NamedClient,
    { overlapSeconds, newestKeyId, ...wantedKey }: KeyRotation,
  ): Promise<MadeKey> {
    const client = await lockLive(tx, named);
    if (newestKeyId !== undefined && (await newestOf(tx, client)) !== newestKeyId)
      throw new ApiClientError('newer_key', `${client.name} has got another key since then.`);
    await tx.query(
      `UPDATE hub.api_client_key SET expires_at = least(expires_at, now() + make_interval(secs => $2::double precision))
        WHERE api_client_id = $1 AND revoked_at IS NULL`,
      [client.id, overlapSeconds],
    );
    return insertKey(tx, client.id, wantedKey);
  }

  /**
   * This key stops working with the next request; the others of the client do not. Revoking again changes nothing.
   *
   * @throws ApiClientError `unknown_client`, `unknown_key`
   */
  async revokeKey(tx: EntityManager, named: NamedClient, keyId: string): Promise<void> {
    const client = await lockLive(tx, named);
    const { affected } = await tx.update(
      ApiClientKeyEntity,
      { id: keyId, apiClientId: client.id },
      { revokedAt: () => 'COALESCE(revoked_at, now())' },
    );
    if (affected === 0) throw new ApiClientError('unknown_key', `${client.name} has no key ${keyId}.`);
  }

  /** @returns false where there is none that is not revoked */
  async revoke(tx: EntityManager, named: NamedClient): Promise<boolean> {
    const { affected } = await tx.update(ApiClientEntity, live(named), { revokedAt: () => 'now()' });
    return affected !== 0;
  }

  /** @throws ApiClientError `unknown_client` */
  async limit(tx: EntityManager, named: NamedClient, rateLimit: number | null): Promise<void> {
    const { affected } = await tx.update(ApiClientEntity, live(named), { rateLimit });
    if (affected === 0) throw unknownClient(named);
  }
}

const live = (named: NamedClient): FindOptionsWhere<ApiClientEntity> => ({ ...named, revokedAt: IsNull() });

/** Those who change the keys of one client do so one after the other. */
async function lockLive(tx: EntityManager, named: NamedClient): Promise<ApiClientEntity> {
  const client = await tx.findOne(ApiClientEntity, {
    where: live(named),
    lock: { mode: 'for_no_key_update' },
  });
  if (!client) throw unknownClient(named);
  return client;
}

async function newestOf(tx: EntityManager, { id }: ApiClientEntity): Promise<string | undefined> {
  const [newest] = await tx.find(ApiClientKeyEntity, {
    where: { apiClientId: id },
    order: { createdAt: 'DESC', id: 'DESC' },
    take: 1,
  });
  return newest?.id;
}

async function insertKey(
  tx: EntityManager,
  clientId: string,
  { expiresInSeconds = null }: NewKey,
): Promise<MadeKey> {
  const [keyId, key] = [newId(), newApiKey()];
  const values = [keyId, clientId, hashApiKey(key), prefixOfApiKey(key), expiresInSeconds];
  const [row] = await tx.query<{ expires_at: Date | null }[]>(INSERT_KEY, values);
  return { keyId, key, expiresAt: row?.expires_at ?? null };
}

const unknownClient = (named: NamedClient): ApiClientError =>
  new ApiClientError(
    'unknown_client',
    'name' in named
      ? `There is no API client named ${named.name}, or only a revoked one.`
      : `There is no API client ${named.id}, or it is revoked.`,
  );
