import { setTimeout as delay } from 'node:timers/promises';
import { BRANDS } from '@consent-hub/psd2-protocol';
import type { ChaosHub } from './hub.js';
import type { Chance } from './random.js';

/** A moment that does not come by then is not waited for. */
const PATIENCE_MS = 4_000;

const MOMENTS = ['at any time', 'after a call was sent', 'after an answer came'] as const;
type Moment = (typeof MOMENTS)[number];

/** Kills replicas, each at a moment of chance, and starts them again. */
export class KillStorm {
  kills = 0;

  constructor(
    private readonly hubs: readonly ChaosHub[],
    private readonly chance: Chance,
    private readonly wanted: number,
  ) {}

  /** Resolves when all kills are done and every replica runs again. */
  async run(): Promise<void> {
    await Promise.all(this.hubs.map((hub) => this.haunt(hub)));
  }

  private async haunt(hub: ChaosHub): Promise<void> {
    while (this.kills < this.wanted) {
      this.kills++;
      await this.comes(this.chance.oneOf(MOMENTS), hub);
      await hub.kill();
      await hub.start();
    }
  }

  private async comes(moment: Moment, hub: ChaosHub): Promise<void> {
    if (moment === 'at any time') return delay(this.chance.between(0, 1_500));
    const cameAbout = new Promise<void>((resolve) => {
      for (const brand of BRANDS) {
        const relay = hub.relays[brand];
        if (moment === 'after a call was sent') relay.onCall = resolve;
        else relay.onGrant = resolve;
      }
    });
    // The first milliseconds are the ones in which an answer is read, kept and written down.
    await Promise.race([cameAbout, delay(PATIENCE_MS)]);
    await delay(this.chance.between(0, 25));
  }
}
