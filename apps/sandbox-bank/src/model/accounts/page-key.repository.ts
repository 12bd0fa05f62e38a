import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { openSealed, seal } from '../secrets.js';

const KEY = /^[\w-]{1,1000}$/;

/**
 * Keys to the next page of a list: what the next page needs, sealed, so that a caller can neither read nor make one. Every
 * process of the bank opens the keys of the others.
 */
@Injectable()
export class PageKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @param list what the key is valid for: it opens no other list */
  async seal(list: string, content: unknown): Promise<string> {
    return seal(await this.sealingKey(), JSON.stringify(content), list).toString('base64url');
  }

  /** Undefined when the bank did not make this key for this list. */
  async open(list: string, key: string): Promise<unknown> {
    const sealed = Buffer.from(KEY.test(key) ? key : '', 'base64url');
    // The last character of base64url has unused bits: only the issued spelling is valid.
    if (sealed.toString('base64url') !== key) return undefined;
    const sealingKey = await this.sealingKey();
    try {
      return JSON.parse(openSealed(sealingKey, sealed, list));
    } catch {
      return undefined;
    }
  }

  /** A key for this purpose alone, derived from the key that the processes share. */
  private async sealingKey(): Promise<Buffer> {
    const [row] = await this.dataSource.query<[{ key: Buffer }]>(
      `SELECT sha256(key || 'key to the next page') AS key FROM bank.logical_id_key`,
    );
    return row.key;
  }
}
