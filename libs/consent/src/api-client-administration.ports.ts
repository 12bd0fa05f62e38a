import type { Permission } from '@consent-hub/platform';
import type { Scope, Secret } from '@consent-hub/psd2-protocol';
import type { EntityManager } from 'typeorm';

/** A key of an API client, as people may see it. */
export interface ApiKeyFacts {
  readonly id: string;
  /** How the key begins; null: it was made before that was noted. */
  readonly prefix: string | null;
  readonly createdAt: Date;
  /** From then on it is refused; null: never. */
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To the minute, and some seconds late; null: never. */
  readonly lastUsedAt: Date | null;
}

export interface ApiClientFacts {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly tokenScopes: readonly Scope[];
  /** Null: any. */
  readonly returnUrls: readonly string[] | null;
  /** Requests a second; 0: any number; null: as the hub is set. */
  readonly rateLimit: number | null;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  /** Oldest first. */
  readonly keys: readonly ApiKeyFacts[];
}

/** An API client that is to be made. */
export interface WantedApiClient {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly tokenScopes: readonly Scope[];
  readonly returnUrls: readonly string[] | null;
  readonly rateLimit: number | null;
  /** Of its key, from now on; null: it never expires. */
  readonly expiresInSeconds: number | null;
}

/** How another key is made. */
export interface WantedRotation {
  /** How long the older keys of the client keep working, unless they expire before. */
  readonly overlapSeconds: number;
  readonly expiresInSeconds: number | null;
  /** The newest key that is known: where there is a newer one, none is made. */
  readonly newestKeyId: string;
}

export interface MadeApiKey {
  readonly keyId: string;
  /** The only copy there will ever be. */
  readonly key: Secret;
  readonly expiresAt: Date | null;
}

/** API clients and their keys for people. Where features meet: console asks, api-client answers. */
export abstract class ApiClientAdministration {
  /** All there ever were, oldest first. */
  abstract list(): Promise<readonly ApiClientFacts[]>;

  abstract find(id: string): Promise<ApiClientFacts | null>;

  /** @throws ApiClientError `invalid_name`, `name_taken` */
  abstract create(
    tx: EntityManager,
    wanted: WantedApiClient,
  ): Promise<MadeApiKey & { readonly clientId: string }>;

  /** @throws ApiClientError `unknown_client`, `newer_key` */
  abstract rotate(tx: EntityManager, id: string, wanted: WantedRotation): Promise<MadeApiKey>;

  /** Revoking again changes nothing. @throws ApiClientError `unknown_client`, `unknown_key` */
  abstract revokeKey(tx: EntityManager, id: string, keyId: string): Promise<void>;

  /**
   * Holds from the next request on.
   *
   * @param rateLimit requests a second at each hub; 0: any number; null: as the hub is set
   * @throws ApiClientError `unknown_client`
   */
  abstract limit(tx: EntityManager, id: string, rateLimit: number | null): Promise<void>;

  /** With all its keys. @throws ApiClientError `unknown_client`, of one that is revoked already too */
  abstract revoke(tx: EntityManager, id: string): Promise<void>;
}

/** Requests by class of their status, such as `2xx`. */
export type CountedRequests = ReadonlyMap<string, number>;

/** What this process has answered since its start. Where features meet: console asks, metrics answers. */
export abstract class RequestFigures {
  /** By the name of the API client; of those alone who have asked. */
  abstract byClient(): ReadonlyMap<string, CountedRequests>;
}
