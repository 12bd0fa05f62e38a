import { EnvironmentError } from '@consent-hub/platform';
import { VaultError, VaultKeyRepository, VaultKeys } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import type { VaultSettings } from './vault.settings.js';

/**
 * Loads the data keys of the database. Those that HUB_VAULT_KEYS or the former provider has wrapped open also once another one wraps.
 *
 * @throws EnvironmentError when the settings do not lead to the key that seals
 */
export async function openVaultKeys(settings: VaultSettings, dataSource: DataSource): Promise<VaultKeys> {
  const ring = settings.readRing();
  const kek = settings.openKeyEncryption(ring);
  const formerKeks = settings.openFormerKeyEncryptions(ring);
  try {
    return await VaultKeys.open({ repository: new VaultKeyRepository(dataSource), ring, kek, formerKeks });
  } catch (error) {
    for (const opened of [kek, ...formerKeks]) await opened.close();
    if (!(error instanceof VaultError)) throw error;
    throw new EnvironmentError([`VAULT_KEK=${settings.VAULT_KEK}: ${error.message}`]);
  }
}
