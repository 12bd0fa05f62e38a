import type { Caller, JointLookups, LookupKind, Permission } from '@consent-hub/platform';
import type { Scope } from '@consent-hub/psd2-protocol';

/** A client as the guard needs it. */
export interface KnownCaller extends Caller {
  /** Requests a second; 0: any number; null: as the hub is set. */
  readonly rateLimit: number | null;
  readonly isRevoked: boolean;
}

interface CallerRow {
  readonly caller_id: string;
  readonly caller_name: string;
  readonly permissions: Permission[];
  readonly token_scopes: Scope[];
  readonly return_urls: string[] | null;
  readonly rate_limit: number | null;
  readonly is_revoked: boolean;
}

const BY_KEY_HASH: LookupKind = {
  key: 'caller_key_hash',
  select: (hashes) => `
    SELECT encode(a.key_hash, 'hex') AS caller_key_hash, a.id AS caller_id, a.name AS caller_name, a.permissions,
           a.token_scopes, a.return_urls, a.rate_limit, a.revoked_at IS NOT NULL AS is_revoked
      FROM unnest(${hashes}) AS asked (hash)
      JOIN hub.api_client a ON a.key_hash = decode(asked.hash, 'hex')`,
};

/** Recognises clients by the hashes of their keys. Nothing is kept from one request to the next. */
export class CallerLookup {
  private readonly find: (hash: string) => Promise<CallerRow | null>;

  constructor(lookups: JointLookups) {
    this.find = lookups.add<CallerRow>(BY_KEY_HASH);
  }

  async byKeyHash(hash: Buffer): Promise<KnownCaller | null> {
    const row = await this.find(hash.toString('hex'));
    return (
      row && {
        id: row.caller_id,
        name: row.caller_name,
        permissions: new Set(row.permissions),
        tokenScopes: new Set(row.token_scopes),
        returnUrls: row.return_urls && new Set(row.return_urls),
        rateLimit: row.rate_limit,
        isRevoked: row.is_revoked,
      }
    );
  }
}
