import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..', '..');
/** Folders that hold no document of ours. */
const SKIPPED = new Set(['node_modules', 'dist', '.local', '.git', 'coverage']);

function documentsBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const location = join(directory, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : documentsBelow(location);
    return entry.name.endsWith('.md') ? [location] : [];
  });
}

const read = (file: string): string => readFileSync(file, 'utf8');

/** Without what is shown as code: no link is made of that. */
const withoutFences = (text: string): string => text.replace(/^```[^]*?^```/gm, '');
const proseOf = (text: string): string => withoutFences(text).replace(/`[^`]*`/g, '');

/** Where the links of a document lead, except those to other sites. */
const targetsOf = (text: string): string[] =>
  [...proseOf(text).matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));

/** The anchors that GitHub makes of the headings. */
const anchorsOf = (file: string): Set<string> =>
  new Set(
    [...withoutFences(read(file)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

function leadsSomewhere(from: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : resolve(dirname(from), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || (statSync(file).isFile() && anchorsOf(file).has(anchor));
}

const brokenLinks = (file: string, text = read(file)): string[] =>
  targetsOf(text)
    .filter((target) => !leadsSomewhere(file, target))
    .map((target) => `${relative(ROOT, file)}: ${target}`);

describe('a relative link in a document', () => {
  it('leads to a file or folder that is there, and to a heading that it has', () => {
    const documents = documentsBelow(ROOT);
    expect(documents.map((file) => relative(ROOT, file))).toEqual(
      expect.arrayContaining(['README.md', 'docs/glossary.md', 'libs/token-grant/README.md']),
    );
    expect(documents.flatMap((file) => targetsOf(read(file))).length).toBeGreaterThan(10);
    expect(documents.flatMap((file) => brokenLinks(file))).toEqual([]);
  });

  it.each([
    ['a file that is not there', '[decision](docs/adr/0000-none.md)', 'docs/adr/0000-none.md'],
    ['a heading that is not there', '[part](ARCHITECTURE.md#no-such-part)', 'ARCHITECTURE.md#no-such-part'],
    ['a heading of its own that is not there', '[part](#no-such-part)', '#no-such-part'],
  ])('is reported when it leads to %s', (_what, text, target) => {
    expect(brokenLinks(join(ROOT, 'README.md'), text)).toEqual([`README.md: ${target}`]);
  });

  it('is read in prose only', () => {
    const code = '```ts\nrun[0](none.md)\n```\n`[none](none.md)`';
    expect(brokenLinks(join(ROOT, 'README.md'), code)).toEqual([]);
  });
});
