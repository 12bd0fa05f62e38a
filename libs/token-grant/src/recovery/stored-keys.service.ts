import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { countPairsByKey } from '@consent-hub/consent';
import { EnvironmentError } from '@consent-hub/platform';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';
import { GrantStatus } from './grant-status.service.js';

/** Compares the keys of the vault with those that stored pairs need. */
@Injectable()
export class StoredKeysCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger(StoredKeysCheck.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly vault: TokenVault,
    private readonly status: GrantStatus,
  ) {}

  /** @throws EnvironmentError where the keys open nothing of what is stored */
  async onApplicationBootstrap(): Promise<void> {
    const stored = await countPairsByKey(this.dataSource);
    const unknown = [...stored].filter(([keyId]) => !this.vault.keyIds.includes(keyId));
    if (unknown.length === 0) return;
    const counts = unknown.map(([keyId, count]) => `${count} pairs with key ${keyId}`).join(', ');
    if (unknown.length === stored.size)
      throw new EnvironmentError([
        `no key of HUB_VAULT_KEYS, and no data key, opens anything of what is stored: ${counts}`,
      ]);
    this.status.notePairsOfUnknownKeys(unknown.reduce((sum, [, count]) => sum + count, 0));
    this.logger.error({ msg: 'the keys of the vault do not open all that is stored', unknown: counts });
  }
}
