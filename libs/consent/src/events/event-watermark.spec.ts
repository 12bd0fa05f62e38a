import { EventWatermark, type FeedReading } from './event-watermark.js';

const reading = (lastPosition: number, endedBelow: number, nextTransaction: number): FeedReading => ({
  lastPosition,
  endedBelow,
  nextTransaction,
});

describe('the final position', () => {
  let watermark: EventWatermark;
  beforeEach(() => {
    watermark = new EventWatermark();
  });

  it('is the last one that was drawn while no transaction is open', () => {
    expect(watermark.note(reading(7, 100, 100))).toBe(7);
  });

  it('waits for the transactions that had begun when the position was read', () => {
    expect(watermark.note(reading(7, 99, 101))).toBe(0);
    expect(watermark.note(reading(7, 100, 101))).toBe(0);
    expect(watermark.note(reading(7, 101, 101))).toBe(7);
  });

  it('advances though there is always an open transaction', () => {
    const positions = [];
    for (let next = 100; next < 111; next++) positions.push(watermark.note(reading(next, next - 5, next)));
    expect(positions).toEqual([0, 0, 0, 0, 0, 100, 100, 100, 100, 104, 104]);
  });

  it('never falls', () => {
    watermark.note(reading(7, 100, 100));
    expect(watermark.note(reading(5, 100, 100))).toBe(7);
    expect(watermark.isAheadOf(reading(5, 100, 100))).toBe(true);
    expect(watermark.isAheadOf(reading(7, 100, 100))).toBe(false);
  });

  it('is decided by nothing that was read of a server which has forgotten transactions', () => {
    watermark.note(reading(9, 100, 105));
    expect(watermark.note(reading(4, 90, 92))).toBe(0);
    expect(watermark.note(reading(4, 110, 120))).toBe(4);
  });
});
