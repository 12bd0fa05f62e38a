import type { Actor } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { DataSource } from 'typeorm';
import { clientIdOf } from './consent-event.view.js';

const NAMES = `SELECT id, name FROM hub.api_client WHERE id = ANY ($1::uuid[])`;

/** Of clients that shared a name one after the other, the one that is not revoked, or else the last to be. */
const BY_NAME = `
  SELECT id FROM hub.api_client WHERE name = $1 ORDER BY revoked_at DESC NULLS FIRST, id DESC LIMIT 1`;

/** Which API clients bear which names. */
@Injectable()
export class ApiClientNames {
  constructor(private readonly dataSource: DataSource) {}

  /** Names by id, of those who are API clients. */
  async ofActors(actors: readonly Actor[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Set(actors.map(clientIdOf).filter((id) => isUUID(id)));
    if (ids.size === 0) return new Map();
    const rows = await this.dataSource.query<{ id: string; name: string }[]>(NAMES, [[...ids]]);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /**
   * @param idOrName of a name that was used again: the client that has it now
   * @returns the id; null where there is no such client
   */
  async find(idOrName: string): Promise<string | null> {
    const rows = isUUID(idOrName)
      ? await this.dataSource.query<{ id: string }[]>(`SELECT id FROM hub.api_client WHERE id = $1`, [
          idOrName,
        ])
      : await this.dataSource.query<{ id: string }[]>(BY_NAME, [idOrName]);
    return rows[0]?.id ?? null;
  }
}
