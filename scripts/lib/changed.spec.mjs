import { ALL, touchedBy } from './changed.mjs';

const touched = (...changed) => touchedBy(changed, (file) => !file.includes('removed'));

describe('what changed files touch', () => {
  it('is their own format, lint and tests where they are code', () => {
    const files = ['libs/platform/src/ids.ts', 'scripts/start.mjs'];
    expect(touched(...files)).toEqual({ format: files, lint: files, tests: files, structure: true });
  });

  it('is the format alone where they are none', () => {
    expect(touched('README.md')).toEqual({ format: ['README.md'], lint: [], tests: [], structure: false });
  });

  it('is the structure alone where a file is gone', () => {
    expect(touched('libs/removed.ts')).toEqual({ format: [], lint: [], tests: [], structure: true });
  });

  it('is nothing where nothing has changed', () => {
    expect(touched()).toEqual({ format: [], lint: [], tests: [], structure: false });
  });

  it.each([
    ['package-lock.json', ['format', 'lint', 'tests']],
    ['tsconfig.json', ['lint', 'tests']],
    ['.prettierrc.json', ['format']],
    ['eslint.config.mjs', ['lint']],
    ['jest.config.mjs', ['tests']],
    ['scripts/jest/transform.cjs', ['tests']],
    ['migrations/consent-hub/index.ts', ['tests']],
    ['migrations/consent-hub/removed.ts', ['tests']],
  ])('is everything that %s decides about: %j', (file, everything) => {
    const { format, lint, tests } = touched(file, 'README.md');
    const all = Object.entries({ format, lint, tests }).filter(([, files]) => files === ALL);
    expect(all.map(([name]) => name)).toEqual(everything);
  });
});
