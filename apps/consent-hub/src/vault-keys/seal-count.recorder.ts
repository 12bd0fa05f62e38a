import { RecurringJob } from '@consent-hub/platform';
import { VaultKeys } from '@consent-hub/token-vault';
import { Injectable } from '@nestjs/common';

/** Writes down how often this process has sealed with which key: counted in memory, in one statement every few seconds. */
@Injectable()
export class SealCountRecorder extends RecurringJob {
  protected readonly intervalMs = 5_000;
  protected override readonly runsAtShutdown = true;

  constructor(private readonly keys: VaultKeys) {
    super();
  }

  protected override work(): Promise<void> {
    return this.keys.writeSealCounts();
  }
}
