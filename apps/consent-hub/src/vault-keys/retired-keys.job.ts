import { RecurringJob } from '@consent-hub/platform';
import { VaultKeyRepository } from '@consent-hub/token-vault';
import { Injectable, Logger } from '@nestjs/common';
import { KeyUsesService } from './key-uses.service.js';

/** Longer than a link, a transaction or a hub that is cut off from the database may hold a value that is not stored yet. */
const RESTS_SECONDS = 24 * 3600;

/** Destroys retired data keys after a day, unless something turns up that needs them. */
@Injectable()
export class RetiredKeysJob extends RecurringJob {
  protected readonly intervalMs = 600_000;
  private readonly logger = new Logger(RetiredKeysJob.name);

  constructor(
    private readonly repository: VaultKeyRepository,
    private readonly uses: KeyUsesService,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    const ids = await this.repository.destroyable(RESTS_SECONDS);
    if (ids.length === 0) return;
    const counted = await this.uses.count();
    for (const keyId of ids) {
      const uses = counted.get(keyId);
      if (uses) {
        this.logger.error({ msg: 'retired data key is kept: something needs it', keyId, uses });
        continue;
      }
      await this.repository.destroy(keyId);
      this.logger.log({ msg: 'retired data key destroyed', keyId });
    }
  }
}
