import { byStep, placeOf, RANGES, stepsOf, ticksOf, type Range } from './steps.js';

const AS_OF = new Date('2026-03-29T13:20:00Z');

describe('the steps of a plot', () => {
  it.each(Object.keys(RANGES) as Range[])('cover the last %s, up to the present step', (range) => {
    const { starts, stepMs } = stepsOf(range, AS_OF);
    const last = starts.at(-1)?.getTime() ?? 0;
    expect(starts).toHaveLength(RANGES[range].hours / RANGES[range].stepHours);
    expect(last).toBeLessThanOrEqual(AS_OF.getTime());
    expect(last + stepMs).toBeGreaterThan(AS_OF.getTime());
    expect(ticksOf({ starts, stepMs }, range)).toHaveLength(5);
  });

  it('hold each row once, and none from before', () => {
    const steps = stepsOf('24h', AS_OF);
    const hours = ['2026-03-28T13:00:00Z', '2026-03-28T14:00:00Z', '2026-03-29T13:00:00Z'];
    const rows = byStep(
      steps,
      hours.map((hour) => ({ hour: new Date(hour) })),
    );
    expect(rows.map(({ length }) => length)).toEqual([1, ...Array<number>(22).fill(0), 1]);
  });

  it('say where a moment lies', () => {
    expect(placeOf(stepsOf('24h', AS_OF), new Date('2026-03-29T12:30:00Z'))).toBe(22.5);
  });
});
