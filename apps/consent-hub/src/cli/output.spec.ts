import { counted, facts, table } from './output.js';

describe('a table', () => {
  it('gives each column the width of its widest cell, and nothing unknown a name', () => {
    expect(
      table(
        ['NAME', 'N'],
        [
          ['a', 1],
          ['longer', null],
        ],
      ),
    ).toBe('NAME    N\na       1\nlonger  -\n');
  });

  it('shows characters that would steer the terminal as what they are', () => {
    expect(table(['X'], [['a\u001b[2Jb\nc']])).toBe('X\na\\u{1b}[2Jb\\u{a}c\n');
  });
});

describe('facts', () => {
  it('stand one in a line, those that are known', () => {
    expect(facts({ id: 1, state_reason: null, iban: undefined, note: '', brand: 'banx' })).toBe(
      'id     1\nbrand  banx\n',
    );
  });
});

describe('a count', () => {
  it.each([
    [0, '0 consents'],
    [1, '1 consent'],
    [2, '2 consents'],
  ])('of %i is %s', (count, text) => {
    expect(counted(count, 'consent')).toBe(text);
  });
});
