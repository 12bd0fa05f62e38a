import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';

/** Delays answers. A delay holds only a timer, and does not stop the bank from closing. */
@Injectable()
export class AnswerDelayService {
  private readonly waiting = new Set<() => void>();
  private isReleased = false;

  /** Waits that long, or until the caller disconnects or the bank closes. */
  async wait(ms: number, caller: Socket): Promise<void> {
    if (ms === 0 || this.isReleased || caller.destroyed) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        caller.off('close', end);
        this.waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      caller.once('close', end);
      this.waiting.add(end);
    });
  }

  /** The bank closes: ends all delays, and allows no new ones. */
  release(): void {
    this.isReleased = true;
    for (const end of this.waiting) end();
  }
}
