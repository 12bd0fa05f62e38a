import { Injectable } from '@nestjs/common';
import type { SpooledRequest } from './spooled-answer.js';

type Heard = Pick<SpooledRequest, 'consentId' | 'expectedGeneration'>;

/**
 * Which pairs the spool of this machine has answers for, in memory, so that it can be asked before every call: what was
 * heard by this process, and what the watch has read of others. Files take their part along when they go.
 */
@Injectable()
export class HeardPairs {
  /** By file and consent: the latest generation that was spent. */
  private readonly files = new Map<string, Map<string, number>>();

  note(file: string, requests: readonly Heard[]): void {
    let latest = this.files.get(file);
    if (!latest) this.files.set(file, (latest = new Map<string, number>()));
    for (const { consentId, expectedGeneration } of requests)
      latest.set(consentId, Math.max(expectedGeneration, latest.get(consentId) ?? 0));
  }

  /** Forgets all but these files. */
  retain(files: ReadonlySet<string | null>): void {
    for (const file of this.files.keys()) if (!files.has(file)) this.files.delete(file);
  }

  /** Whether an answer was heard to a request that spent this pair of the consent, or a later one. */
  has({ consentId, expectedGeneration }: Heard): boolean {
    for (const latest of this.files.values())
      if ((latest.get(consentId) ?? -1) >= expectedGeneration) return true;
    return false;
  }
}
