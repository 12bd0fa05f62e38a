import { describeError, RecurringJob } from '@consent-hub/platform';
import { GrantStatus } from '@consent-hub/token-grant';
import { VaultError, VaultKeys } from '@consent-hub/token-vault';
import { Injectable, Logger } from '@nestjs/common';
import { VaultSettings } from '../config/vault.settings.js';

/** A provider that is away is asked again after this time. */
const RETRY_MS = 30_000;

/**
 * Brings the keys of this process up to date, makes an announced key current once every hub has it, and announces one before the
 * current one has sealed too much. It looks every second, so a rotation takes some four seconds.
 */
@Injectable()
export class KeyRotationJob extends RecurringJob {
  protected readonly intervalMs = 1_000;
  private readonly logger = new Logger(KeyRotationJob.name);
  private failedAt = -Infinity;

  constructor(
    private readonly keys: VaultKeys,
    private readonly grants: GrantStatus,
    private readonly settings: VaultSettings,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    if (await this.keys.reload()) await this.grants.announceKeys();
    const announced = this.keys.find('announced');
    if (announced) await this.promote(announced.id);
    else if (this.isDue()) await this.announce();
  }

  private async promote(id: string): Promise<void> {
    if (!this.keys.has(id)) return;
    // With a fresh look at who is at work: a hub that has just begun counts.
    await this.grants.announceKeys();
    if (!this.grants.othersHave(id)) return;
    await this.keys.promote(id);
    await this.grants.announceKeys();
  }

  /** Whether the key that seals has sealed enough, or a data key is yet to take the place of HUB_VAULT_KEYS. */
  private isDue(): boolean {
    if (!this.keys.find('current') && this.keys.kek.name !== 'local') return true;
    const sealing = this.keys.all.find(({ id }) => id === this.keys.vault.currentKeyId);
    return sealing !== undefined && sealing.seals >= this.settings.VAULT_KEY_MOST_SEALS;
  }

  private async announce(): Promise<void> {
    if (performance.now() - this.failedAt < RETRY_MS) return;
    try {
      await this.keys.announce();
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      this.failedAt = performance.now();
      this.logger.error({
        msg: 'vault key is due for rotation, no data key was made',
        error: describeError(error),
      });
    }
  }
}
