import { daysBefore, daysIn, isDate, isWeekend, previousMonth } from './calendar.js';

describe('the calendar', () => {
  it.each(['2026-02-28', '2024-02-29', '2026-12-31'])('has %s', (date) => expect(isDate(date)).toBe(true));
  it.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '20260101', '', '2026-02-01T00:00:00Z'])(
    'does not have %s',
    (date) => expect(isDate(date)).toBe(false),
  );

  it('counts back over months and years', () => {
    expect(daysBefore('2026-03-01', 1)).toBe('2026-02-28');
    expect(daysBefore('2026-03-01', 366)).toBe('2025-02-28');
    expect(previousMonth('2026-01')).toBe('2025-12');
  });

  it('knows how long months are, and when banks are closed', () => {
    expect(['2024-02', '2026-02', '2026-04', '2026-12'].map(daysIn)).toEqual([29, 28, 30, 31]);
    expect(['2026-03-13', '2026-03-14', '2026-03-15', '2026-03-16'].map(isWeekend)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
