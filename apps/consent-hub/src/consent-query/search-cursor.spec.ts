import type { SearchCriteria } from '@consent-hub/consent';
import { readCursor, writeCursor } from './search-cursor.js';

const CRITERIA: SearchCriteria = {
  openedBy: 'client-1',
  states: ['failed', 'active'],
  createdFrom: new Date(0),
};
const POSITION = { at: '2026-11-22T10:20:30.123456Z', id: '01900000-0000-7000-8000-0000000000ff' };

describe('the cursor of a search', () => {
  const cursor = writeCursor(CRITERIA, POSITION);

  it('leads back to where the page ended, to the microsecond', () => {
    expect(readCursor(CRITERIA, cursor)).toEqual(POSITION);
  });

  it('does not mind in which order filters and states are named', () => {
    const same: SearchCriteria = {
      createdFrom: new Date(0),
      states: ['active', 'failed', 'active'],
      openedBy: 'client-1',
    };
    expect(readCursor(same, cursor)).toEqual(POSITION);
  });

  it.each<[string, SearchCriteria]>([
    ['another value', { ...CRITERIA, createdFrom: new Date(1) }],
    ['one filter more', { ...CRITERIA, brand: 'banx' }],
    ['one filter less', { openedBy: 'client-1', states: ['failed', 'active'] }],
    ['another client', { ...CRITERIA, openedBy: 'client-2' }],
  ])('is refused for a search with %s', (_other, criteria) => {
    expect(readCursor(criteria, cursor)).toBe('of_another_search');
  });

  it('is refused with any character changed', () => {
    for (let at = 0; at < cursor.length; at++) {
      const changed = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
      expect(['malformed', 'of_another_search']).toContain(readCursor(CRITERIA, changed));
    }
  });

  it.each(['', 'x', cursor.slice(1), `${cursor}A`, `${cursor}=`, `${cursor.slice(0, -1)}+`, '_'.repeat(50)])(
    'is refused when the hub has not written it: %s',
    (given) => {
      expect(readCursor(CRITERIA, given)).toBe('malformed');
    },
  );
});
