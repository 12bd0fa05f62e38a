import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..', '..');
const DOCUMENT = join('docs', 'security.md');

interface NamedTest {
  readonly title: string;
  readonly file: string;
}

/** Links of a document that lead to a file of tests: their text is the title of a test in it. */
const namedTestsOf = (text: string): NamedTest[] =>
  [...text.matchAll(/\[([^\]]+)\]\(([^()\s]+\.spec\.(?:tsx?|mjs))\)/g)].map(([, title = '', file = '']) => ({
    title,
    file,
  }));

/** Without what a string literal adds. */
const isThere = ({ title, file }: NamedTest): boolean => {
  const path = resolve(ROOT, dirname(DOCUMENT), file);
  return existsSync(path) && readFileSync(path, 'utf8').replaceAll("\\'", "'").includes(title);
};

/** Rows of the tables below a heading, without the two that name the columns. */
const rowsBelow = (text: string, heading: string): string[] => {
  const section = text.split(/^## /m).find((each) => each.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (threat|section|---)/.test(line));
};

describe('docs/security.md', () => {
  const text = readFileSync(join(ROOT, DOCUMENT), 'utf8');

  it('names tests that are there, by their titles', () => {
    const named = namedTestsOf(text);
    expect(named.length).toBeGreaterThan(60);
    expect(named.filter((one) => !isThere(one))).toEqual([]);
    expect(isThere({ title: 'a test that does not exist', file: '../test/architecture/links.spec.ts' })).toBe(
      false,
    );
  });

  it('names a test for each threat, or says that the countermeasure is not in the hub', () => {
    const threats = rowsBelow(text, 'Threats');
    expect(threats.length).toBeGreaterThan(30);
    const bare = threats.filter((row) => namedTestsOf(row).length === 0 && !row.includes('| operator'));
    expect(bare).toEqual([]);
  });

  it('goes through every part of RFC 9700 that demands something', () => {
    const sections = rowsBelow(text, 'RFC 9700').map((row) => row.split('|')[1]?.trim());
    const demanded = ['2.1', '2.1.1', '2.1.2', '2.2.1', '2.2.2', '2.3', '2.4', '2.5', '2.6'];
    const attacks = Array.from({ length: 17 }, (_, index) => `4.${index + 1}`);
    expect([...new Set(sections)]).toEqual([...demanded, ...attacks]);
  });
});
