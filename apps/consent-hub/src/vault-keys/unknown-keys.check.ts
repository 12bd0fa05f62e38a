import { VaultKeys } from '@consent-hub/token-vault';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { KeyUsesService } from './key-uses.service.js';

/** Says at the start which keys are needed that this process does not have, and by how many values. */
@Injectable()
export class UnknownKeysCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger(UnknownKeysCheck.name);

  constructor(
    private readonly keys: VaultKeys,
    private readonly uses: KeyUsesService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // The refresh job counts pairs.
    for (const [keyId, uses] of await this.uses.count(['token_pairs']))
      if (!this.keys.has(keyId))
        this.logger.error({ msg: 'values need a key that this hub does not have', keyId, uses });
  }
}
