import { setTimeout as delay } from 'node:timers/promises';
import { DeliverySlots, slotsAt } from './delivery-slots.js';

describe('the slots of a webhook', () => {
  it.each([
    [0, 16, 16],
    [0.7, 16, 16],
    [0.85, 16, 8],
    [0.94, 16, 3],
    [1, 16, 2],
    [1, 64, 8],
    [1, 1, 1],
  ])('at a process that is busy for %f of its time, of %i', (busy, most, expected) => {
    expect(slotsAt(busy, most)).toBe(expected);
  });

  it('become fewer while the event loop is busy, and more again', async () => {
    const slots = new DeliverySlots(16);
    const work = async (milliseconds: number): Promise<void> => {
      for (let at = 0; at < milliseconds; at += 50) {
        const until = performance.now() + 50;
        while (performance.now() < until);
        await new Promise(setImmediate);
        slots.measure();
      }
    };
    await work(3_000);
    expect(slots.count).toBeLessThan(8);
    for (let waited = 0; waited < 100 && slots.count < 16; waited++) {
      await delay(50);
      slots.measure();
    }
    expect(slots.count).toBe(16);
  });
});
