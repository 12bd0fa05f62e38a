import type { Span } from '@opentelemetry/api';
import type { Caller, JointLookups, LookupKind, Permission } from '@consent-hub/platform';
import type { Scope } from '@consent-hub/psd2-protocol';

/** A client as the guard needs it. */
export interface KnownCaller extends Caller {
  /** Requests a second; 0: any number; null: as the hub is set. */
  readonly rateLimit: number | null;
  /** Of the key that it called with. */
  readonly keyId: string;
  /** The key, or the client with all its keys. */
  readonly isRevoked: boolean;
  /** The key alone. */
  readonly isExpired: boolean;
}

interface CallerRow {
  readonly caller_id: string;
  readonly caller_name: string;
  readonly permissions: Permission[];
  readonly token_scopes: Scope[];
  readonly return_urls: string[] | null;
  readonly rate_limit: number | null;
  readonly caller_key_id: string;
  readonly is_revoked: boolean;
  readonly is_expired: boolean;
}

const BY_KEY_HASH: LookupKind = {
  key: 'caller_key_hash',
  select: (hashes) => `
    SELECT encode(k.key_hash, 'hex') AS caller_key_hash, k.id AS caller_key_id, a.id AS caller_id, a.name AS caller_name,
           a.permissions, a.token_scopes, a.return_urls, a.rate_limit,
           coalesce(a.revoked_at, k.revoked_at) IS NOT NULL AS is_revoked,
           coalesce(k.expires_at <= now(), false) AS is_expired
      FROM unnest(${hashes}) AS asked (hash)
      JOIN hub.api_client_key k ON k.key_hash = decode(asked.hash, 'hex')
      JOIN hub.api_client a ON a.id = k.api_client_id`,
};

/** Recognises clients by the hashes of their keys. Nothing is kept from one request to the next. */
export class CallerQuery {
  private readonly find: (hash: string, span?: Span) => Promise<CallerRow | null>;

  constructor(lookups: JointLookups) {
    this.find = lookups.add<CallerRow>(BY_KEY_HASH);
  }

  /** @param span of the request */
  async byKeyHash(hash: Buffer, span?: Span): Promise<KnownCaller | null> {
    const row = await this.find(hash.toString('hex'), span);
    return (
      row && {
        id: row.caller_id,
        name: row.caller_name,
        permissions: new Set(row.permissions),
        tokenScopes: new Set(row.token_scopes),
        returnUrls: row.return_urls && new Set(row.return_urls),
        rateLimit: row.rate_limit,
        keyId: row.caller_key_id,
        isRevoked: row.is_revoked,
        isExpired: row.is_expired,
      }
    );
  }
}
