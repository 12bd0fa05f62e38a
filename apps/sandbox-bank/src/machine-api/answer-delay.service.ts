import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';

/** Answers that go out later. They hold nothing but a timer, and none of them keeps the bank from closing. */
@Injectable()
export class AnswerDelayService {
  private readonly held = new Set<() => void>();
  private isReleased = false;

  /** Waits that long, or until the caller has left or the bank closes. */
  async hold(ms: number, caller: Socket): Promise<void> {
    if (ms === 0 || this.isReleased || caller.destroyed) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        caller.off('close', end);
        this.held.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      caller.once('close', end);
      this.held.add(end);
    });
  }

  /** The bank closes: what is held goes out now, and nothing is held any more. */
  release(): void {
    this.isReleased = true;
    for (const end of this.held) end();
  }
}
