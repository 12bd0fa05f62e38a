import { Injectable } from '@nestjs/common';
import { KeyPermissions } from '@consent-hub/consent';
import type { Permission } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

interface Row {
  readonly id: string;
  readonly permissions: Permission[];
}

/** As the guard decides it for a new request. */
@Injectable()
export class KeyPermissionsQuery extends KeyPermissions {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async ofKeys(keyIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<Permission>>> {
    const rows = await this.dataSource.query<Row[]>(
      `SELECT k.id, a.permissions FROM hub.api_client_key k JOIN hub.api_client a ON a.id = k.api_client_id
        WHERE k.id = ANY ($1::uuid[]) AND coalesce(a.revoked_at, k.revoked_at) IS NULL
          AND coalesce(k.expires_at > now(), true)`,
      [keyIds],
    );
    return new Map(rows.map(({ id, permissions }) => [id, new Set(permissions)]));
  }
}
