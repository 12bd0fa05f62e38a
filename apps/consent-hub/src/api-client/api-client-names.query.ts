import { ApiClientNames } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { DataSource } from 'typeorm';

const NAMES = `SELECT id, name FROM hub.api_client WHERE id = ANY ($1::uuid[])`;

/** Of clients that shared a name one after the other, the one that is not revoked, or else the last to be. */
const BY_NAME = `
  SELECT id FROM hub.api_client WHERE name = $1 ORDER BY revoked_at DESC NULLS FIRST, id DESC LIMIT 1`;

@Injectable()
export class ApiClientNamesQuery extends ApiClientNames {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async ofIds(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const known = new Set(ids.filter((id) => isUUID(id)));
    if (known.size === 0) return new Map();
    const rows = await this.dataSource.query<{ id: string; name: string }[]>(NAMES, [[...known]]);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  override async find(idOrName: string): Promise<string | null> {
    const rows = isUUID(idOrName)
      ? await this.dataSource.query<{ id: string }[]>(`SELECT id FROM hub.api_client WHERE id = $1`, [
          idOrName,
        ])
      : await this.dataSource.query<{ id: string }[]>(BY_NAME, [idOrName]);
    return rows[0]?.id ?? null;
  }

  override async isInUse(id: string): Promise<boolean> {
    const rows = await this.dataSource.query<object[]>(
      `SELECT 1 FROM hub.api_client WHERE id = $1 AND revoked_at IS NULL`,
      [id],
    );
    return rows.length > 0;
  }
}
