import { RetrySchedule, retryAfterSeconds } from './retry-schedule.js';

const DOCUMENTED = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

describe('the schedule of retries', () => {
  it.each([0, 0.25, 0.5, 0.999])('keeps to the documented waits within a tenth, with chance %d', (chance) => {
    const schedule = new RetrySchedule(DOCUMENTED, () => chance);
    for (const [index, delay] of DOCUMENTED.entries()) {
      const seconds = schedule.secondsAfter(index + 1, null) ?? 0;
      expect(Math.abs(seconds - delay)).toBeLessThanOrEqual(delay * 0.1 + 1e-9);
    }
  });

  it('spreads deliveries that failed together', () => {
    const schedule = new RetrySchedule(DOCUMENTED);
    const waits = new Set(Array.from({ length: 50 }, () => schedule.secondsAfter(2, null)));
    expect(waits.size).toBeGreaterThan(40);
  });

  it('gives up after the last retry, whatever the receiver asks for', () => {
    const schedule = new RetrySchedule(DOCUMENTED);
    expect(schedule.secondsAfter(DOCUMENTED.length, null)).not.toBeNull();
    expect(schedule.secondsAfter(DOCUMENTED.length + 1, null)).toBeNull();
    expect(schedule.secondsAfter(DOCUMENTED.length + 1, 60)).toBeNull();
  });

  it('waits as long as the receiver asks for, not less, between a second and a day', () => {
    const schedule = new RetrySchedule(DOCUMENTED, () => 0);
    expect(schedule.secondsAfter(1, 120)).toBe(120);
    expect(schedule.secondsAfter(4, 60)).toBe(60);
    expect(schedule.secondsAfter(1, 0)).toBe(1);
    expect(schedule.secondsAfter(1, 999_999_999)).toBe(86_400);
    expect(new RetrySchedule(DOCUMENTED, () => 0.5).secondsAfter(1, 100)).toBeGreaterThan(100);
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-01-31T09:30:00Z');
  const at = 'Sat, 31 Jan 2026 09:32:00 GMT';

  it('is read as seconds or as a date', () => {
    expect(retryAfterSeconds('120', undefined, now)).toBe(120);
    expect(retryAfterSeconds(at, undefined, now)).toBe(120);
  });

  it("counts from the receiver's own date", () => {
    expect(retryAfterSeconds(at, 'Sat, 31 Jan 2026 09:31:30 GMT', now)).toBe(30);
  });

  it('is not below zero', () => {
    expect(retryAfterSeconds(at, undefined, new Date('2027-01-01T00:00:00Z'))).toBe(0);
  });

  it.each([
    undefined,
    '',
    '-5',
    '1.5',
    'soon',
    '2026-01-31T09:32:00Z',
    '9999999999',
    'Sat, 99 Jan 2026 09:32:00 GMT',
  ])('is ignored where it cannot be read: %j', (text) => {
    expect(retryAfterSeconds(text, undefined, now)).toBeNull();
  });
});
