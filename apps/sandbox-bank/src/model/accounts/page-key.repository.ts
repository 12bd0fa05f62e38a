import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
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
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, await this.sealingKey(), nonce).setAAD(Buffer.from(list));
    const sealed = [nonce, cipher.update(JSON.stringify(content), 'utf8'), cipher.final()];
    return Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** Undefined when the bank never made this key for this list. */
  async open(list: string, key: string): Promise<unknown> {
    const sealed = Buffer.from(KEY.test(key) ? key : '', 'base64url');
    // Base64url has spare bits at its end: only the spelling that was given out is good.
    if (sealed.length <= NONCE_BYTES + TAG_BYTES || sealed.toString('base64url') !== key) return undefined;
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, await this.sealingKey(), nonce).setAAD(Buffer.from(list));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      return JSON.parse(Buffer.concat([text, decipher.final()]).toString('utf8'));
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
