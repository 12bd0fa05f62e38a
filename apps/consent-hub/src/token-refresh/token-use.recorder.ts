import { Injectable } from '@nestjs/common';
import { TokenUse, TokenUseRepository } from '@consent-hub/consent';
import { RecurringJob } from '@consent-hub/platform';
import { TokenGrantSettings } from '@consent-hub/token-grant';

/** Entries written in one statement. */
const BATCH = 2_000;
/** Entries kept while the database is away; what comes on top is not counted. */
const MOST_ENTRIES = 100_000;

interface Uses {
  readonly consentId: string;
  readonly apiClientId: string;
  readonly uses: number;
  readonly lastAt: number;
}

/**
 * Counts in memory and writes in batches: a read of a token never writes a row. What a killed process had not written is
 * forgotten, which costs statistics, and an idle pair the seconds until it is asked for again.
 */
@Injectable()
export class TokenUseRecorder extends RecurringJob implements TokenUse {
  protected readonly intervalMs = 3_000;
  protected override readonly runsAtShutdown = true;
  private readonly counted = new Map<string, Uses>();

  constructor(
    private readonly writer: TokenUseRepository,
    private readonly grants: TokenGrantSettings,
  ) {
    super();
  }

  record(consentId: string, apiClientId: string): void {
    this.add({ consentId, apiClientId, uses: 1, lastAt: performance.now() });
  }

  protected override async work(): Promise<void> {
    const all = [...this.counted.values()];
    this.counted.clear();
    for (let from = 0; from < all.length; from += BATCH) {
      const now = performance.now();
      const batch = all
        .slice(from, from + BATCH)
        .map(({ lastAt, ...uses }) => ({ ...uses, ageSeconds: (now - lastAt) / 1000 }));
      try {
        await this.writer.write(batch, this.grants.schedule);
      } catch (error) {
        for (const uses of all.slice(from)) this.add(uses);
        throw error;
      }
    }
  }

  private add(uses: Uses): void {
    const key = `${uses.consentId} ${uses.apiClientId}`;
    const known = this.counted.get(key);
    if (known) {
      const lastAt = Math.max(known.lastAt, uses.lastAt);
      this.counted.set(key, { ...uses, uses: known.uses + uses.uses, lastAt });
    } else if (this.counted.size < MOST_ENTRIES) this.counted.set(key, uses);
  }
}
