import { GrantStatus } from '@consent-hub/token-grant';
import { keyIdOf, VaultKeys, type KeyUses } from '@consent-hub/token-vault';
import { Injectable } from '@nestjs/common';
import { SealedStores } from './sealed-stores.js';

/** Counts what needs which key. */
@Injectable()
export class KeyUsesService {
  constructor(
    private readonly stores: SealedStores,
    private readonly keys: VaultKeys,
    private readonly grants: GrantStatus,
  ) {}

  /** Rows with values that other keys have sealed. */
  async countRowsExcept(keyId: string): Promise<number> {
    let rows = 0;
    for (const store of this.stores.all)
      for (const { head, count } of await store.countByHead()) if (keyIdOf(head) !== keyId) rows += count;
    return rows;
  }

  /**
   * By key. Reads every sealed value: seconds with a million consents.
   *
   * @param except names of stores that are left out
   */
  async count(except: readonly string[] = []): Promise<ReadonlyMap<string, KeyUses>> {
    const uses = new Map<string, Record<string, number>>();
    const add = (keyId: string, name: string, count: number): void => {
      const known = uses.get(keyId) ?? {};
      uses.set(keyId, { ...known, [name]: (known[name] ?? 0) + count });
    };
    for (const store of this.stores.all.filter(({ name }) => !except.includes(name)))
      for (const { head, count } of await store.countByHead()) {
        const keyId = keyIdOf(head);
        if (keyId !== null) add(keyId, store.name, count);
      }
    // What this hub has just spooled too.
    await this.grants.announceKeys();
    for (const [keyId, count] of await this.grants.countSpooledByKey()) add(keyId, 'spooled_answers', count);
    for (const { provider, kekId, wrapped } of this.keys.all)
      if (provider === 'local' && kekId !== null && wrapped !== null) add(kekId, 'wrapped_keys', 1);
    return uses;
  }
}
