import { setTimeout as delay } from 'node:timers/promises';
import { EventLoopLoad, shareAt } from './event-loop-load.js';

/** Keeps the event loop busy in turns of 50 ms. */
async function work(milliseconds: number, eachTurn: () => void): Promise<void> {
  for (let at = 0; at < milliseconds; at += 50) {
    const until = performance.now() + 50;
    while (performance.now() < until);
    await new Promise(setImmediate);
    eachTurn();
  }
}

describe('the share of work that may wait', () => {
  it.each([
    [0, 1],
    [0.7, 1],
    [0.85, 0.5],
    [0.94, 0.2],
    [1, 0.125],
  ])('at a process that is busy for %f of its time', (busy, share) => {
    expect(shareAt(busy, 1 / 8)).toBeCloseTo(share);
  });

  it('becomes smaller while the event loop is busy, and whole again', async () => {
    const load = new EventLoopLoad();
    expect(load.share(1 / 8)).toBe(1);
    await work(3_000, () => load.measure());
    expect(load.share(1 / 8)).toBeLessThan(0.5);
    for (let waited = 0; waited < 100 && load.share(1 / 8) < 1; waited++) {
      await delay(50);
      load.measure();
    }
    expect(load.share(1 / 8)).toBe(1);
  });

  it('counts a long time as much as many short ones', async () => {
    const load = new EventLoopLoad();
    await work(2_000, () => undefined);
    expect(load.measure()).toBe(true);
    expect(load.share(1 / 8)).toBeLessThan(0.5);
    expect(load.measure()).toBe(false);
  });
});
