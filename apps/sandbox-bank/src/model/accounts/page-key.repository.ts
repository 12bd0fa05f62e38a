import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { openSealed, seal } from '../secrets.js';

const KEY = /^[\w-]{1,1000}$/;

/**
 * Keys to the next page of a list: what a page needs to go on, sealed, so that a caller can neither read nor make one. Every
 * process of the bank opens what another one sealed.
 */
@Injectable()
export class PageKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @param list what the key is good for: it opens nothing else */
  async seal(list: string, content: unknown): Promise<string> {
    return seal(await this.sealingKey(), JSON.stringify(content), list).toString('base64url');
  }

  /** Undefined when the bank never made this key for this list. */
  async open(list: string, key: string): Promise<unknown> {
    const sealed = Buffer.from(KEY.test(key) ? key : '', 'base64url');
    // Base64url has spare bits at its end: only the spelling that was given out is good.
    if (sealed.toString('base64url') !== key) return undefined;
    const sealingKey = await this.sealingKey();
    try {
      return JSON.parse(openSealed(sealingKey, sealed, list));
    } catch {
      return undefined;
    }
  }

  /** A key of its own for this purpose, out of the one that the processes share. */
  private async sealingKey(): Promise<Buffer> {
    const [row] = await this.dataSource.query<[{ key: Buffer }]>(
      `SELECT sha256(key || 'key to the next page') AS key FROM bank.logical_id_key`,
    );
    return row.key;
  }
}
