import { EndpointQueue } from './endpoint-queue.js';

describe('the queue of a webhook', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  let atATime: number;
  beforeEach(() => (atATime = 2));

  const queueOf = (milliseconds: () => number): EndpointQueue<number> =>
    new EndpointQueue(
      () => atATime,
      () => new Promise((resolve) => setTimeout(resolve, milliseconds())),
      () => undefined,
    );

  it('is quick while its receiver answers quickly, and no more once it is slow', async () => {
    let takes = 20;
    const queue = queueOf(() => takes);
    expect(queue.isQuick).toBe(false);
    for (let count = 0; count < 10; count++) queue.add(count);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([queue.size, queue.isQuick]).toEqual([0, true]);
    takes = 15_000;
    for (let count = 0; count < 2; count++) queue.add(count);
    await jest.advanceTimersByTimeAsync(15_000);
    expect([queue.size, queue.isQuick]).toEqual([0, false]);
  });

  it('takes so many at a time, and gives back what has not begun', async () => {
    const queue = queueOf(() => 100);
    for (let count = 0; count < 5; count++) queue.add(count);
    expect(queue.size).toBe(5);
    expect(queue.drain()).toEqual([2, 3, 4]);
    await jest.advanceTimersByTimeAsync(100);
    expect(queue.size).toBe(0);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(queue.idleMs).toBeGreaterThanOrEqual(5_000);
  });

  it('begins more as soon as more may be under way, and ends none where fewer may', async () => {
    const queue = queueOf(() => 100);
    for (let count = 0; count < 6; count++) queue.add(count);
    atATime = 3;
    queue.fill();
    atATime = 1;
    queue.fill();
    await jest.advanceTimersByTimeAsync(99);
    expect(queue.size).toBe(6);
    await jest.advanceTimersByTimeAsync(1);
    expect(queue.size).toBe(3);
    await jest.advanceTimersByTimeAsync(100);
    expect(queue.size).toBe(2);
  });
});
