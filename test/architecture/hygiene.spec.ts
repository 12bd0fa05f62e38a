import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { BRANDS } from '@consent-hub/psd2-protocol';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '..', '..');
const MOST_LINES = 300;
const IS_TEST = /\.(spec|harness)\.tsx?$/;

const filesBelow = (...directories: string[]): string[] =>
  directories.flatMap((directory) =>
    readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
const read = (file: string): string => readFileSync(file, 'utf8');
const shown = (file: string): string => relative(ROOT, file);

/** What runs in production, or starts, migrates and checks it. */
const productionFiles = (): string[] =>
  filesBelow('apps', 'libs', 'migrations', 'scripts').filter((file) => !IS_TEST.test(file));

function nodesOf(node: ts.Node): ts.Node[] {
  const found = [node];
  ts.forEachChild(node, (child) => {
    found.push(...nodesOf(child));
  });
  return found;
}

/** In the name of a class into which the environment is read. */
const IS_READ = /Environment|Settings/;

/** The classes into which the environment is read: their properties bear the variables' names. */
interface EnvironmentReads {
  readonly properties: Map<string, string[]>;
  /** For a class that is read once for each of several prefixes, the prefixes. */
  readonly prefixes: Map<string, string[]>;
}

/** What a text may be: the one of a literal, or for each brand the one of a name that contains its own. */
function textsOf(node: ts.Node): string[] {
  if (ts.isStringLiteral(node)) return [node.text];
  if (!ts.isTemplateExpression(node) || !/^[A-Z]+_$/.test(node.head.text)) return [];
  const [tail] = node.templateSpans.map(({ literal }) => literal.text);
  return BRANDS.map((brand) => `${node.head.text}${brand.toUpperCase()}${tail}`);
}

function readsOf(files: string[]): EnvironmentReads {
  const properties = new Map<string, string[]>();
  const prefixes = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, key: string, value: string): unknown =>
    map.set(key, [...(map.get(key) ?? []), value]);
  for (const file of files) {
    const text = read(file);
    if (!IS_READ.test(text)) continue;
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const node of nodesOf(source)) {
      if (ts.isClassDeclaration(node) && node.name && IS_READ.test(node.name.text)) {
        for (const member of node.members) {
          if (!ts.isPropertyDeclaration(member) || !ts.isIdentifier(member.name)) continue;
          const decorators = ts.getDecorators(member) ?? [];
          if (decorators.length > 0) add(properties, node.name.text, member.name.text);
          // It may be in a file, too.
          if (decorators.some((one) => one.getText().startsWith('@SecretVariable(')))
            add(properties, node.name.text, `${member.name.text}_FILE`);
        }
      } else if (ts.isCallExpression(node) || ts.isArrayLiteralExpression(node)) {
        const [type, prefix] = ts.isCallExpression(node) ? node.arguments : node.elements;
        if (type && ts.isIdentifier(type) && prefix)
          for (const text of textsOf(prefix)) if (text.endsWith('_')) add(prefixes, type.text, text);
      } else if (ts.isTemplateExpression(node)) {
        for (const name of textsOf(node)) if (!name.endsWith('_')) add(properties, source.fileName, name);
      }
    }
  }
  return { properties, prefixes };
}

function variablesOfTheCode(): string[] {
  const { properties, prefixes } = readsOf(
    filesBelow('apps', 'libs').filter((file) => /\.tsx?$/.test(file) && !IS_TEST.test(file)),
  );
  const names = [...properties].flatMap(([type, members]) =>
    (prefixes.get(type) ?? ['']).flatMap((prefix) => members.map((member) => prefix + member)),
  );
  return [...new Set(names)].sort();
}

/** The names in backticks in the first column of the table of variables in docs/configuration.md, for every brand. */
function documentedVariables(): string[] {
  const firstCells = read(join(ROOT, 'docs', 'configuration.md'))
    .split('\n')
    .map((line) => /^\|([^|]*)\|/.exec(line)?.[1] ?? '');
  return firstCells
    .flatMap((cell) => [...cell.matchAll(/`([A-Z][A-Z0-9_<>]+)`/g)].map(([, name]) => name ?? ''))
    .flatMap((name) =>
      name.includes('<BRAND>') ? BRANDS.map((brand) => name.replace('<BRAND>', brand.toUpperCase())) : [name],
    )
    .sort();
}

describe('the production code', () => {
  it('has no file that is too long to be read in one go', () => {
    const long = productionFiles()
      .map((file) => ({ file: shown(file), lines: read(file).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MOST_LINES);
    expect(long).toEqual([]);
  });

  it('reads the environment where it is validated, and nowhere else', () => {
    const readers = filesBelow('apps', 'libs')
      .filter(
        (file) => /\.tsx?$/.test(file) && !IS_TEST.test(file) && !shown(file).startsWith('libs/testing/'),
      )
      .filter((file) => /process\.env\s*[.[]/.test(read(file)));
    expect(readers.map(shown)).toEqual([]);
  });

  it('writes out in one place each which states are live and which requests are open, for SQL', () => {
    const open = `'(?:sent|received|in_doubt)'`;
    const literal = new RegExp(`IN \\([^)]*'active', ?'refreshed'|IN \\(${open}, ?${open}, ?${open}\\)`);
    const writers = filesBelow('apps', 'libs').filter(
      (file) => /\.tsx?$/.test(file) && !IS_TEST.test(file) && literal.test(read(file)),
    );
    expect(writers.map(shown)).toEqual([]);
  });

  it('switches off no lint rule and no type check without a reason', () => {
    const silent = filesBelow('apps', 'libs', 'migrations', 'scripts', 'test').filter((file) => {
      if (file === import.meta.filename) return false;
      return /eslint-disable(?!.*--)|@ts-(ignore|nocheck)|@ts-expect-error\s*$/m.test(read(file));
    });
    expect(silent.map(shown)).toEqual([]);
  });
});

describe('the table of variables in docs/configuration.md', () => {
  it('names every variable that the code reads, and no other', () => {
    expect(variablesOfTheCode()).toContain('BANK_BELFIUS_API_URL');
    expect(documentedVariables()).toEqual(variablesOfTheCode());
  });
});
